/** The words of an open conversation, with those of the inbox around it. */
import own from './en/conversation.json';
import inbox from './en/inbox.json';
import { words, type KeyOf } from './words';

const en = { ...inbox, ...own };

/** Every key of this area. */
export type Key = KeyOf<typeof en>;

/** Returns the words of a key with its parameters filled in. */
export const t = words(en);
