/** The words of who a mail is from, and why it is where it is. */
import en from './en/trust.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
