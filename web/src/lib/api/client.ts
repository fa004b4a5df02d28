import createClient from 'openapi-fetch';
import { t } from '../i18n/t';
import { inTurn } from './inturn';
import type { components, paths } from './schema';

export type Conversation = components['schemas']['Conversation'];
export type Message = components['schemas']['Message'];
export type TimelineItem = components['schemas']['TimelineItem'];
export type DeskEvent = components['schemas']['Event'];
export type Counts = components['schemas']['Counts'];
export type Member = components['schemas']['Member'];
export type Inbox = components['schemas']['Inbox'];
export type Channel = components['schemas']['Channel'];
export type ChannelKind = components['schemas']['ChannelKind'];
export type Tag = components['schemas']['Tag'];
export type Category = components['schemas']['Category'];
export type Preset = components['schemas']['Preset'];
export type Contact = components['schemas']['Contact'];
export type Attachment = components['schemas']['Attachment'];
export type MailDomain = components['schemas']['MailDomain'];
export type Me = components['schemas']['Me'];
export type Did = components['schemas']['Did'];
export type View = 'mine' | 'unassigned' | 'all';
export type Tab = 'open' | 'needs_attention' | 'responded' | 'pending' | 'resolved' | 'snoozed' | 'overdue' | 'at_risk' | 'closed' | 'archived';

/** A problem as the API answers it (RFC 9457). */
export class Problem extends Error {
  constructor(
    public status: number,
    public code: string,
    detail: string,
    public fields: { field: string; message: string }[] = [],
    public conflict?: unknown,
  ) {
    super(detail);
  }
}

export const client = createClient<paths>({ headers: { 'X-Parley-CSRF': '1' }, fetch: inTurn });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** must returns the data of an answer, or throws what a person can be told. */
export async function must<T>(call: Promise<Answer<T>>): Promise<T> {
  let a: Answer<T>;
  try {
    a = await call;
  } catch {
    throw new Problem(0, 'offline', t('error.unreachable'));
  }
  if (a.response.ok) return a.data as T;
  const p = (a.error ?? {}) as { code?: string; detail?: string; errors?: { field: string; message: string }[]; conflict?: unknown };
  throw new Problem(a.response.status, p.code ?? 'internal', p.detail ?? t('error.unknown'), p.errors, p.conflict);
}
