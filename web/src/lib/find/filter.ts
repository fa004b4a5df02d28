/** Filters as the API takes them, and how they are said in words. */
import { t, type Key } from '../i18n/find';

/** A condition: one of all, any, not and a test; empty is every conversation. */
export interface Node {
  all?: Node[];
  any?: Node[];
  not?: Node;
  field?: string;
  op?: string;
  values?: string[];
}

/** What a field takes. */
export interface Field {
  field: string;
  kind: 'word' | 'thing' | 'line' | 'code' | 'time' | 'ahead' | 'number';
  ops: string[];
  words?: string[];
  noun?: string;
}

/** A saved view as its reader has it. */
export interface View {
  id: string;
  name: string;
  filter: Node;
  text: string;
  sort: Sort;
  columns: string[];
  owner_id: string;
  audience: 'private' | 'shared' | 'everyone';
  user_ids: string[];
  team_ids: string[];
  pinned?: number;
  mine: boolean;
  version: number;
}

/** The orders of a list. */
export const sorts = ['newest', 'oldest', 'newest_created', 'oldest_created', 'waiting', 'priority', 'customer_type', 'assignee', 'unassigned'] as const;
export type Sort = (typeof sorts)[number];

/** What rows of a view may show. */
export const columns = ['preview', 'messages', 'due', 'status', 'priority', 'assignee'] as const;

/** Names a thing by its id. */
export type NameOf = (noun: string, id: string) => string | undefined;

/** The word for a value of a field. */
export function valueWord(field: string, value: string, noun: string | undefined, name: NameOf): string {
  const known = (key: string) => {
    const word = t(key as Key);
    return word === key ? undefined : word;
  };
  const named = noun ? name(noun, value) : undefined;
  return named ?? known(`own.${field}_${value}`) ?? known(`word.${value}`) ?? value;
}

/** A moment preset: what a test of a time says, without values of its own. */
export const presets: Record<string, { op: string; values: string[] }> = {
  today: { op: 'between', values: ['today', 'today'] },
  yesterday: { op: 'between', values: ['yesterday', 'yesterday'] },
  past7d: { op: 'after', values: ['7d'] },
  past30d: { op: 'after', values: ['30d'] },
  last_close: { op: 'after', values: ['last_close'] },
  older1d: { op: 'before', values: ['1d'] },
  older7d: { op: 'before', values: ['7d'] },
};
/** The same for moments that lie ahead. */
export const aheadPresets: Record<string, { op: string; values: string[] }> = {
  in2h: { op: 'before', values: ['2h'] },
  in1d: { op: 'before', values: ['1d'] },
  today: { op: 'between', values: ['today', 'today'] },
};

/** The preset that a test is, or the operator when it has values of its own. */
export function presetOf(n: Node, kind: Field['kind']): string {
  const all = kind === 'ahead' ? aheadPresets : presets;
  const found = Object.entries(all).find(([, p]) => p.op === n.op && p.values.join() === (n.values ?? []).join());
  return found?.[0] ?? n.op ?? '';
}

/** Says a condition in words. */
export function sentence(n: Node, fields: readonly Field[], name: NameOf): string {
  if (n.not) return n.not.field ? test(n.not, fields, name, true) : `${t('not')} (${sentence(n.not, fields, name)})`;
  if (n.all ?? n.any) {
    const parts = (n.all ?? n.any ?? []).map((c) => ((c.field ?? c.not) ? sentence(c, fields, name) : `(${sentence(c, fields, name)})`));
    return parts.join(` ${t(n.all ? 'and' : 'or')} `);
  }
  return n.field ? test(n, fields, name, false) : t('none');
}

function test(n: Node, fields: readonly Field[], name: NameOf, not: boolean): string {
  const field = n.field ?? '';
  const f = fields.find((x) => x.field === field);
  const label = t(`field.${field}` as Key);
  const said = (v: string) => valueWord(field, v, f?.noun, name);
  const values = n.values ?? [];
  if (f?.kind === 'time' || f?.kind === 'ahead') {
    const preset = presetOf(n, f.kind);
    const words = preset === n.op ? `${t(`time.${preset}` as Key)} ${values.map(said).join(' – ')}` : t(`time.${preset}` as Key);
    return `${label} ${not ? `${t('not')} ` : ''}${words}`;
  }
  const joined = values.map(said).join(` ${t(n.op === 'all' ? 'and' : 'or')} `);
  const op = n.op === 'is' || n.op === 'all' ? '' : t(`op.${n.op ?? 'is'}` as Key);
  return [`${label}${op ? '' : ':'}`, not ? t('not') : '', op, joined].filter(Boolean).join(' ');
}

/** The conditions at the top of a filter: what chips stand for. */
export function topOf(n: Node): Node[] {
  if (n.all) return n.all;
  return (n.field ?? n.any ?? n.not) ? [n] : [];
}

/** The filter that holds when all of these do. */
export function allOf(nodes: Node[]): Node {
  if (nodes.length === 0) return {};
  return nodes.length === 1 ? (nodes[0] ?? {}) : { all: nodes };
}
