/** What a bulk action is called, and what became of it. */
import { t, type Key } from '../i18n/bulk';
import type { BulkJob, Kind } from './bulk.svelte';

/** What an action does, when it does one thing. */
export function kindOf(job: Pick<BulkJob, 'action' | 'undoes_id'>): Kind | 'many' | 'undo' {
  if (job.undoes_id) return 'undo';
  if (job.action.export) return 'export';
  const all = job.action.steps ?? [];
  const last = all.at(-1);
  // Those that are closed first are closed to be archived.
  if (last && (all.length === 1 || (last.do === 'archive' && all.length === 2 && all[0]?.do === 'close'))) return last.do;
  return 'many';
}

/** What is going on. */
export const wordOf = (job: Pick<BulkJob, 'action' | 'undoes_id'>): string => t(`running.${kindOf(job)}` as Key);

/** What became of it, in a line. */
export function resultOf(job: BulkJob): string {
  const parts = [t(`done.${kindOf(job)}` as Key, { n: job.done })];
  if (job.same) parts.push(t('already', { n: job.same }));
  if (job.skipped) parts.push(t('left', { n: job.skipped }));
  if (job.todo && job.state !== 'running') parts.push(t('todo', { n: job.todo }));
  return parts.join(', ');
}
