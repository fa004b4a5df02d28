/** Why something did not work, in one sentence for a person. */
import { t } from '../i18n/t';
import { Unreachable } from './http';

/** The reason of an error: the server's own words, or what to do when there are none. */
export function words(err: unknown): string {
  if (err instanceof Unreachable) return t('error.unreachable');
  return err instanceof Error && err.message ? err.message : t('error.unknown');
}
