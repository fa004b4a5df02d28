import { t, type Key } from '../../i18n/trust';
import type { Origin } from '../../state/model';

/** What is known of a sender, in sentences. */
export function senderSaid(o: Origin): string {
  const more = { domain: o.domain || '?', server: o.server && o.server !== 'none' ? o.server : '' };
  const because = t(`by.${o.by || 'none'}` as Key, more).replace(/ {2,}/g, ' ');
  return `${because} ${t(`${o.proof ?? 'unproven'}.what`, more)}`;
}
