/** The sentences of the timeline about merging and splitting. */
import { t } from '../i18n/joining';
import type { Event } from '../state/model';
import type { Workspace } from '../state/workspace';

/** What a sentence says beside who did it, and the conversation that it leads to. */
export interface JoiningSaid {
  text: string;
  object: string;
  reason?: string;
  leads?: string;
  byItself?: boolean;
}

const asked = new Set<string>();

/** The subject of a conversation; one that is not known yet is asked for once. */
function named(w: Workspace, id: string | undefined): string {
  if (!id) return t('event.other');
  const known = w.store.rows.get(id);
  if (known) return known.subject || t('event.other');
  if (!asked.has(id)) {
    asked.add(id);
    w.http.get<Parameters<Workspace['store']['put']>[0]>(`/conversations/${id}`).then(
      (c) => w.store.put(c),
      () => undefined, // it keeps its general name
    );
  }
  return t('event.other');
}

const sentences: Record<string, (d: Record<string, unknown>) => string> = {
  adopted: () => t('event.adopted'),
  welcomed: (d) => t(d['back'] ? 'event.welcomedBack' : 'event.welcomed'),
  merged_from: () => t('event.mergedFrom'),
  merged_into: () => t('event.mergedInto'),
  unmerged_from: () => t('event.unmergedFrom'),
  unmerged: () => t('event.unmerged'),
  split_from: () => t('event.splitFrom'),
  split_to: () => t('event.splitTo'),
  moved_away: () => t('event.moved'),
  promoted: (d) => t(d['back'] ? 'event.promotedBack' : 'event.promoted'),
  succeeded: (d) => t(d['back'] ? 'event.succeededBack' : 'event.succeeded'),
};

/** Says what one of these facts says; undefined for any other. */
export function joiningSaid(event: Event, w: Workspace): JoiningSaid | undefined {
  const say = sentences[event.kind];
  if (!say) return undefined;
  const id = typeof event.data['conversation_id'] === 'string' ? event.data['conversation_id'] : undefined;
  const n = Number(event.data['message_count'] ?? 0);
  return {
    text: say(event.data),
    object: event.kind === 'adopted' ? '' : named(w, id),
    ...(id ? { leads: id } : {}),
    ...(n > 0 ? { reason: t('event.reasonMessages', { n }) } : {}),
    byItself: ['moved_away', 'promoted', 'succeeded'].includes(event.kind),
  };
}
