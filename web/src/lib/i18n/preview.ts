/** The words of how a mail will arrive. */
import en from './en/preview.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
