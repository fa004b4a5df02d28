/** Who works here, what can be done to a conversation, and what is said about it afterwards. */
import type { Member } from './model';

/** Who reads, and where. */
export interface Reader {
  user: string;
  name: string;
  workspace: string;
  role: Member['role'];
}

/** What can be done to a conversation; undo, read and message are done without a verb on screen. */
export type Verb =
  | 'assign'
  | 'unassign'
  | 'resolve'
  | 'close'
  | 'reopen'
  | 'tag'
  | 'prioritize'
  | 'read'
  | 'unread'
  | 'undo'
  | 'retry'
  | 'reply'
  | 'note'
  | 'takeover'
  | 'handback'
  | 'pend'
  | 'snooze'
  | 'unsnooze'
  | 'archive'
  | 'unarchive'
  | 'merge'
  | 'run-macro'
  | 'split'
  | 'link-ticket'
  | 'unlink-ticket'
  | NoteVerb;

/** What can be done to a note. */
export type NoteVerb = 'edit-note' | 'pin-note' | 'unpin-note';

/** Something to tell the reader after an action. */
export type Notice =
  | { kind: 'done'; verb: Verb; conversation: string; undo?: () => void; params?: Record<string, string> }
  | {
      kind: 'refused';
      verb: Verb;
      conversation: string;
      reason: string;
      /** What others changed meanwhile, in words, when that is why. */
      changes?: readonly string[];
      /** Who changed it. */
      by?: string;
      /** Does it again. */
      retry?: () => void;
    };
