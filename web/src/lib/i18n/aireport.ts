/** The words of the AI report. */
import en from './en/aireport.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
