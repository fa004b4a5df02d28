/** The words of how mail is sent. */
import en from './en/sending.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
