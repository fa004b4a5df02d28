/** The words of writing together: shared drafts, emoji, formatting, transcripts. */
import en from './en/together.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
