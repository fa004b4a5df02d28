import { t, type Key } from '../../i18n/trust';
import type { Origin } from '../../state/model';

/** What is known of a sender, in sentences. */
export function senderSaid(o: Origin): string {
  const more = { domain: o.domain || '?', server: o.server && o.server !== 'none' ? o.server : '' };
  const because = t(`by.${o.by || 'none'}` as Key, more).replace(/ {2,}/g, ' ');
  return `${because} ${t(`${o.proof ?? 'unproven'}.what`, more)}`;
}

/** Why a message is in its conversation; at is when the one that it answers was written, where that is known. */
export function hereSaid(o: Origin, at: string): string {
  if (o.here === 'answer' && at) return t('here.answerAt', { at });
  return t(`here.${o.here}` as Key);
}
