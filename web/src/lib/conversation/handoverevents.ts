/** The sentences of the timeline about teams, channels, followers and rules. */
import { t } from '../i18n/handover';
import type { Event } from '../state/model';
import { exact, hour } from '../ui/time';

/** Why rules gave a conversation to somebody. */
interface Why {
  rule: string;
  narrowed?: string[];
  among: number;
  load: number;
}

/** What a sentence says beside who did it. */
export interface Said {
  text: string;
  object?: string;
  reason?: string;
}

/** Names that the sentences need. */
export interface From {
  team: (id: string) => string;
  person: (id: string) => string;
  channel: (id: string) => string;
}

/** Says why rules chose somebody, in a few words; undefined when people did. */
export function whyOf(data: Record<string, unknown>): string | undefined {
  const why = data['why'] as Why | undefined;
  if (!why?.rule) return undefined;
  const narrowed = (why.narrowed ?? []).map((r) => (r === 'vip' ? t('why.vip') : t('why.skill')));
  const rules: Record<string, string> = {
    round_robin: t('why.round_robin'),
    load: t('why.load', { load: why.load }),
    sticky: t('why.sticky'),
    fallback: t('why.fallback'),
  };
  return [...narrowed, rules[why.rule] ?? '', why.among > 1 ? t('why.among', { n: why.among }) : ''].filter(Boolean).join(', ');
}

function missing(data: Record<string, unknown>): string {
  const said = (['away', 'off_hours', 'full', 'unskilled'] as const).filter((k) => data[k]).map((k) => t(`why.missing.${k}`, { n: Number(data[k]) }));
  const until = typeof data['until'] === 'string' ? [t('why.until', { time: hour(data['until']) })] : [];
  return [...(said.length > 0 ? said : [t('why.nobody')]), ...until].join(', ');
}

/** Says what one of these facts says; undefined for any other. */
export function handoverSaid(event: Event, from: From): Said | undefined {
  const d = event.data;
  const id = (key: string) => (typeof d[key] === 'string' ? d[key] : '');
  switch (event.kind) {
    case 'transferred': {
      const why = whyOf(d);
      return id('team_id')
        ? { text: t('event.transferred'), object: from.team(id('team_id')), ...(why ? { reason: why } : {}) }
        : { text: t('event.untransferred') };
    }
    case 'channel_switched':
      return { text: t('event.switched'), object: from.channel(id('channel_id')) };
    case 'followed':
      return { text: t('event.followed') };
    case 'unfollowed':
      return { text: t('event.unfollowed') };
    case 'reminder_set':
      return { text: t('event.reminder'), object: exact(id('at')) };
    case 'reminder_dropped':
      return { text: t('event.reminderOff') };
    case 'nobody_available':
      return { text: t('event.nobody'), reason: missing(d) };
  }
  return undefined;
}
