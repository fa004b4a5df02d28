/** A quick reply as its form holds it. */
import type { components } from '../api/schema';
import { audienceOf, toAudience } from './audience';

export type Quick = components['schemas']['QuickReply'];
export type QuickContent = components['schemas']['QuickContent'];

export interface QuickDraft {
  /** "" of a new one. */
  id: string;
  kind: 'reply' | 'note';
  name: string;
  shortcut: string;
  category: string;
  language: string;
  text: string;
  /** As audience.ts has it. */
  audience: string;
  inbox: string;
  /** Where it was offered before: the form shows the first, and keeps the others until another one is chosen. */
  inboxes: readonly string[];
  tag: string;
}

/** A new one; only who manages makes them for everyone. */
export const freshQuick = (manages: boolean, text = ''): QuickDraft => ({
  id: '',
  kind: 'reply',
  name: '',
  shortcut: '/',
  category: '',
  language: '',
  text,
  audience: manages ? 'all' : 'private',
  inbox: '',
  inboxes: [],
  tag: '',
});

/** The form of one that there is. */
export const quickDraft = (x: Quick): QuickDraft => ({
  id: x.id,
  kind: x.kind,
  name: x.name,
  shortcut: x.shortcut ?? '',
  category: x.category ?? '',
  language: x.language ?? '',
  text: x.text,
  audience: audienceOf(x),
  inbox: x.inbox_ids?.[0] ?? '',
  inboxes: x.inbox_ids ?? [],
  tag: x.tag_id ?? '',
});

/** What a form says, as the API takes it. */
export const quickBody = ({ kind, name, shortcut, category, language, text, audience, inbox, inboxes, tag }: QuickDraft): QuickContent => ({
  kind,
  name,
  category,
  language,
  text,
  ...(shortcut === '/' ? {} : { shortcut: shortcut.trim() }),
  ...toAudience(audience),
  ...(inbox ? { inbox_ids: inbox === inboxes[0] ? [...inboxes] : [inbox] } : {}),
  ...(tag ? { tag_id: tag } : {}),
});
