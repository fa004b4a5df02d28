/** The sentences of the timeline: who did what. */
import { t, type Key } from '../i18n/conversation';
import { t as tf } from '../i18n/forward';
import { priorityWord } from '../inbox/words';
import type { Conversation, Event, Inbox, Member, Priority, Tag } from '../state/model';
import { handoverSaid, whyOf } from './handoverevents';
import { teamName } from './teams.svelte';
import { agentName } from './handler';
import { handlerSentence } from './handlerevents';
import { trustSentence } from './trust/events';
import { ahead } from './moments';
import { macroSaid } from './quick/macros.svelte';

/** A sentence in parts: actor and object are set apart by weight. */
export interface Sentence {
  actor: string;
  text: string;
  object?: string;
  reason?: string;
  /** The conversation that the object is. */
  leads?: string;
  /** The page outside that the object is. */
  out?: string;
}

/** Where names come from. */
export interface Names {
  reader: { user: string };
  members: Map<string, Member>;
  tags: Map<string, Tag>;
  inboxes: Map<string, Inbox>;
}

/** The name of somebody of the team, as the reader is used to it. */
export function memberName(id: string | undefined, w: Names): string {
  if (!id) return t('who.nobody');
  if (id === w.reader.user) return t('who.you');
  return w.members.get(id)?.name ?? t('who.former');
}

function actorOf(event: Event, c: Conversation, w: Names): string {
  const { actor } = event;
  if (actor.kind === 'user') return actor.name && (actor.id ?? actor.user_id) !== w.reader.user ? actor.name : memberName(actor.id ?? actor.user_id, w);
  if (actor.kind === 'contact') return c.contact.name;
  if (actor.kind === 'ai') return agentName(c, w.inboxes);
  return actor.name ?? (actor.kind === 'automation' ? t('who.automation') : t('who.parley'));
}

/** The name of a channel; one of an inbox that the reader does not see has none. */
export function channelName(id: string, w: Names): string {
  for (const inbox of w.inboxes?.values() ?? []) for (const c of inbox.channels ?? []) if (c.id === id) return c.name;
  return id;
}

const object = (id: string, w: Names): string => (id === w.reader.user ? t('who.youObject') : memberName(id, w));
/** A number of minutes as people say it. */
export const minutesSaid = (minutes: number): string =>
  minutes % 1440 === 0
    ? t('event.days', { n: minutes / 1440 })
    : minutes % 60 === 0
      ? t('event.hours', { n: minutes / 60 })
      : t('event.minutes', { n: minutes });
/** A rating of 1 to 5 as people say it. */
export function ratingSaid(score: unknown): string {
  const n = Number(score);
  return t('rating.said', { n, word: t(`rating.${n as 1}`) });
}
const text = (v: unknown): string => (typeof v === 'string' ? v : '');

/** The words of a kind of fact that has no sentence of its own. */
function wordOf(kind: string): string {
  const key = `event.${kind}` as Key;
  const said = t(key);
  return said === key ? kind.replaceAll('_', ' ') : said;
}

/** Says what happened in one sentence. */
export function eventSentence(event: Event, c: Conversation, w: Names): Sentence {
  const actor = actorOf(event, c, w);
  const d = event.data;
  const tag = () => w.tags.get(text(d['tag_id']))?.name ?? t('event.removedTag');
  switch (event.kind) {
    case 'opened':
      return { actor, text: t('event.opened') };
    case 'status_changed': {
      const keys: Record<string, Key> = { open: 'event.reopened', pending: 'event.pending', resolved: 'event.resolved', closed: 'event.closed' };
      const key = keys[text(d['new'])];
      if (d['source'] === 'aside') return { actor: '', text: tf('reopened') };
      const summary = text(d['summary']);
      if (d['source'] === 'timer') return { actor, text: t(d['old'] === 'resolved' ? 'event.closedAfterResolved' : 'event.closedInSilence') };
      const ended: Record<string, Key> = { blocked: 'event.closedBlocked', contact_merge: 'event.closedMerged' };
      const why = ended[text(d['source'])];
      if (why && d['new'] === 'closed') return { actor, text: t(why) };
      const reason = summary || (d['reason'] === 'external' ? t('event.waitsExternal') : d['reason'] === 'customer' ? t('event.waitsCustomer') : '');
      return { actor, text: key ? t(key) : text(d['new']), ...(reason ? { reason } : {}) };
    }
    case 'assigned': {
      const to = text(d['assignee_id']);
      const by = event.actor.id ?? event.actor.user_id;
      if (to && to === by) return { actor, text: t('event.tookIt') };
      const why = whyOf(d);
      return { actor, text: t('event.assigned'), object: object(to, w), ...(why ? { reason: why } : {}) };
    }
    case 'unassigned':
      if (event.actor.kind === 'user' && (event.actor.id ?? event.actor.user_id) === text(d['old'])) return { actor, text: t('event.gaveBack') };
      return { actor, text: t('event.unassigned'), object: object(text(d['old']), w) };
    case 'priority_changed': {
      const reason = text(d['reason']);
      return { actor, text: t('event.priority'), object: priorityWord((text(d['new']) || 'normal') as Priority), ...(reason ? { reason } : {}) };
    }
    case 'tag_added':
      return { actor, text: t('event.tagAdded'), object: tag() };
    case 'tag_removed':
      return { actor, text: t('event.tagRemoved'), object: tag() };
    case 'message_reread':
      return { actor, text: t('event.reread') };
    case 'note_edited':
      return { actor, text: t('event.noteEdited') };
    case 'note_pinned':
      return { actor, text: t('event.notePinned') };
    case 'note_unpinned':
      return { actor, text: t('event.noteUnpinned') };
    case 'undone':
      return { actor, text: t('event.undone') };
    case 'snoozed':
      return d['until'] ? { actor, text: t('event.snoozed'), object: ahead(text(d['until'])) } : { actor, text: t('event.snoozedReply') };
    case 'archived':
      return { actor, text: t('event.archived') };
    case 'unarchived':
      return { actor, text: t('event.unarchived') };
    case 'sla_target_passed':
    case 'sla_deadline_passed': {
      const settle = d['metric'] === 'resolution';
      const late = event.kind === 'sla_deadline_passed';
      return { actor: '', text: t(late ? (settle ? 'event.settleLate' : 'event.late') : settle ? 'event.settleTarget' : 'event.target') };
    }
    case 'follow_up_reminder': {
      const reason = t(d['reason'] === 'external' ? 'event.waitsExternal' : 'event.waitsCustomer');
      return { actor: '', text: t('event.followUp', { time: minutesSaid(Number(d['after'])) }), reason };
    }
    case 'update_missed':
      return { actor: '', text: t('event.updateMissed') };
    case 'escalated': {
      const why = text(d['reason']);
      const known = ['sla', 'followups', 'keyword', 'tag', 'priority', 'sentiment', 'rating'].includes(why);
      return { actor, text: t('event.escalated'), ...(known ? { reason: t(`escalated.${why as 'sla'}`) } : {}) };
    }
    case 'csat_asked':
      return { actor: '', text: t('event.asked') };
    case 'csat_received': {
      const comment = text(d['comment']);
      return {
        actor,
        text: t(d['previous'] ? 'event.ratedAgain' : 'event.rated'),
        object: ratingSaid(d['score']),
        ...(comment ? { reason: `“${comment}”` } : {}),
      };
    }
    case 'deescalated':
      return { actor, text: t('event.deescalated') };
    case 'notification_sent': {
      const users = Array.isArray(d['user_ids']) ? (d['user_ids'] as string[]) : [];
      const named = users.slice(0, users.length > 4 ? 3 : 4).map((id) => object(id, w));
      const rest = users.length - named.length;
      const all = rest > 0 ? t('event.toldMany', { names: named.join(', '), n: rest }) : named.join(', ');
      return { actor, text: t(users.length ? 'event.told' : 'event.toldNobody'), object: all };
    }
    case 'woken':
      if (d['reason'] === 'aside') return { actor: '', text: tf('woken') };
      return { actor, text: t(d['reason'] === 'timer' ? 'event.wokenByTimer' : 'event.woken') };
    case 'bulk_ran':
      return { actor, text: t('event.bulk') };
    case 'mail_forwarded':
      return { actor: memberName(text(d['user_id']), w), text: wordOf(event.kind) };
    case 'macro_ran':
      return { actor, ...macroSaid(text(d['macro_id'])) };
    case 'message_posted':
      return { actor, text: t('event.wrote') };
    default: {
      const said = handoverSaid(event, { team: teamName, person: (id) => object(id, w), channel: (id) => channelName(id, w) });
      return said
        ? { actor, ...said }
        : (trustSentence(event, actor) ??
            handlerSentence(event, actor) ?? { actor, text: wordOf(event.kind), ...(d['at'] ? { object: ahead(text(d['at'])) } : {}) });
    }
  }
}
