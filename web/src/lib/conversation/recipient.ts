/** Where a reply goes, in words. */
import { t } from '../i18n/conversation';
import type { Conversation } from '../state/model';

/** Says to whom and through what a reply to c goes. */
export function recipient(c: Conversation): string {
  if (c.channel_kind === 'email') return c.contact.email ? t('to.email', { address: c.contact.email }) : t('to.emailUnknown');
  if (c.channel_kind === 'webchat') return t('to.webchat');
  if (c.channel_kind === 'api') return t('to.api');
  return t('to.other', { name: c.contact.name });
}
