/** The words of promises: countdowns, why a timer says what it says, policies, business hours. */
import en from './en/promise.json';
import { words, type KeyOf } from './words';

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
