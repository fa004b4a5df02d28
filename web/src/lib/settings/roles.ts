/** Roles in words. */
import { t } from '../i18n/settings';

/** The roles, from the one most people have. */
export const roles = ['agent', 'admin', 'viewer', 'owner'] as const;
export type Role = (typeof roles)[number];

export const roleWord = (r: Role): string => t(`role.${r}`);
/** What somebody with a role may do, in one sentence. */
export const roleWhat = (r: Role): string => t(`role.${r}What`);
