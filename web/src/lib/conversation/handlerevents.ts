/** The sentences of the handler axis on the timeline. */
import { t } from '../i18n/handler';
import type { Event } from '../state/model';
import type { Sentence } from './events';

const text = (v: unknown): string => (typeof v === 'string' ? v : '');
const flags = ['asked_human', 'frustrated', 'not_understood', 'complex', 'sensitive'] as const;

/** Says what happened between the AI agent and the team; undefined for other facts. */
export function handlerSentence(event: Event, actor: string): Sentence | undefined {
  const d = event.data;
  switch (event.kind) {
    case 'ai_takeover': {
      const how = text(d['how']);
      if (how === 'flagged') return { actor, text: t('event.takeoverFlag') };
      return { actor, text: t(how === 'takeover' ? 'event.takeover' : 'event.takeoverOther') };
    }
    case 'ai_handback':
      return d['implicit'] ? { actor: '', text: t('event.handbackAgain') } : { actor, text: t('event.handback') };
    case 'ai_flagged': {
      const why = flags.find((f) => f === d['reason']);
      return { actor, text: t('event.flagged'), ...(why ? { object: t(`flag.${why}`) } : {}) };
    }
    case 'ai_discarded':
      return { actor, text: t(d['why'] === 'ended' ? 'event.discarded.ended' : 'event.discarded.taken_over') };
    case 'ai_suggested_close':
      return { actor, text: t('event.suggestedClose') };
    case 'ai_withheld':
      return { actor, text: t('event.withheld') };
    default:
      return undefined;
  }
}

/** A fact that nobody did by hand: it has something to explain. */
export function automatic(event: Event): boolean {
  const d = event.data;
  const ruled = ['assigned', 'replied', 'flagged', 'escalated'].includes(text(d['how']));
  return event.actor.kind !== 'user' || event.cause_event_id !== undefined || d['implicit'] === true || ruled;
}
