/** Whose a quick reply or a macro is, as one choice of a form. */
import { t } from '../i18n/quick';

/** The value of the choice: everyone, a team's id, or only oneself. */
export const audienceOf = (x: { private?: boolean; team_id?: string }): string => (x.private ? 'private' : x.team_id || 'all');

/** The choice as the API takes it. */
export const toAudience = (value: string): { private?: boolean; team_id?: string } =>
  value === 'private' ? { private: true } : value === 'all' ? {} : { team_id: value };

/** What can be chosen; only owners and admins make things for others. */
export function audiences(manages: boolean, teams: readonly { id: string; name: string }[]): { value: string; label: string }[] {
  const own = { value: 'private', label: t('form.private') };
  return manages ? [{ value: 'all', label: t('form.all') }, ...teams.map((x) => ({ value: x.id, label: x.name })), own] : [own];
}
