/** Where a filter is, as the query in the path: what the API's find takes. */
import type { ListName } from '../state/model';
import type { Node, Sort } from './filter';

/** What a path under find/ says. */
export interface Asked {
  view?: string;
  filter?: Node;
  text?: string;
  sort?: Sort;
}

/** Reads the query of a path. */
export function readFind(find: string): Asked {
  const q = new URLSearchParams(find);
  const asked: Asked = {};
  const view = q.get('view_id');
  const text = q.get('q');
  const sort = q.get('sort');
  if (view) asked.view = view;
  if (text) asked.text = text;
  if (sort) asked.sort = sort as Sort;
  try {
    const filter = q.get('filter');
    if (filter) asked.filter = JSON.parse(filter) as Node;
  } catch {
    // what is no filter is refused by the server, which says why
  }
  return asked;
}

/** Writes the query of a path. */
export function writeFind(a: Asked): string {
  const q = new URLSearchParams();
  if (a.view) q.set('view_id', a.view);
  if (a.text) q.set('q', a.text);
  if (a.filter && Object.keys(a.filter).length > 0) q.set('filter', JSON.stringify(a.filter));
  if (a.sort && (a.view || a.sort !== 'newest')) q.set('sort', a.sort);
  return q.toString();
}

/** The list of a filter. */
export const findList = (a: Asked): ListName => ({ view: 'all', tab: 'open', find: writeFind(a) });

const is = (...words: string[]): Node => ({ field: 'status', op: 'is', values: words });
const awake: Node = { not: is('snoozed') };
const tabs: Record<string, Node[]> = {
  open: [is('active')],
  needs_attention: [is('needs_attention'), awake],
  responded: [is('responded'), awake],
  pending: [is('pending')],
  resolved: [is('resolved')],
  snoozed: [is('snoozed')],
  overdue: [is('overdue')],
  at_risk: [is('at_risk')],
  closed: [is('closed')],
  archived: [is('archived')],
};

/** A list of the sidebar as a filter, to begin with. */
export function asFilter(l: ListName): Node {
  if (l.find !== undefined) return readFind(l.find).filter ?? {};
  const all = [...(tabs[l.tab] ?? [])];
  if (l.view === 'mine') all.push({ field: 'assignee', op: 'is', values: ['me'] });
  if (l.view === 'unassigned') all.push({ field: 'assignee', op: 'is', values: ['none'] });
  if (l.inbox) all.push({ field: 'inbox', op: 'is', values: [l.inbox] });
  return all.length === 1 ? (all[0] ?? {}) : { all };
}
