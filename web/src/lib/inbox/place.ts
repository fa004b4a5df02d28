/** Where the inbox is: the view, the tab and the open conversation, as a path. */
import { listKey, tabs, views, type ListName, type Tab, type View } from '../state/model';

/** A place in the inbox. */
export interface Place {
  list: ListName;
  conversation?: string;
}

/**
 * Reads the parts of a path after the workspace's: mine, mine/closed,
 * mine/cnv_1, mine/closed/cnv_1, inbox/ibx_1/open/cnv_1. Anything else is undefined.
 */
export function readPlace(parts: readonly string[]): Place | undefined {
  let rest = [...parts];
  if (rest[0] === 'find' && rest.length < 4) return { list: { view: 'all', tab: 'open', find: rest[1] ?? '' }, ...(rest[2] ? { conversation: rest[2] } : {}) };
  let view: View = 'all';
  let inbox: string | undefined;
  if (rest[0] === 'inbox' && rest[1]) {
    inbox = rest[1];
    rest = rest.slice(2);
  } else if (views.includes(rest[0] as View)) {
    view = rest[0] as View;
    rest = rest.slice(1);
  } else return undefined;
  let tab: Tab = 'open';
  if (tabs.includes(rest[0] as Tab)) {
    tab = rest[0] as Tab;
    rest = rest.slice(1);
  }
  if (rest.length > 1) return undefined;
  return { list: { view, tab, ...(inbox ? { inbox } : {}) }, ...(rest[0] ? { conversation: rest[0] } : {}) };
}

/** Writes a place as a path under base (/slug). */
export function placePath(base: string, p: Place): string {
  if (p.list.find !== undefined) return [base, 'find', encodeURIComponent(p.list.find), ...(p.conversation ? [p.conversation] : [])].join('/');
  const head = p.list.inbox ? `inbox/${p.list.inbox}` : p.list.view;
  return [base, head, ...(p.list.tab === 'open' ? [] : [p.list.tab]), ...(p.conversation ? [p.conversation] : [])].join('/');
}

/** What is remembered of a list while something else is on screen (R25). */
export interface Kept {
  scroll: number;
  cursor: string | undefined;
}

const kept = new Map<string, Kept>();

/** Remembers where the reader was in a list. */
export function keepPlace(list: ListName, k: Kept): void {
  kept.set(listKey(list), k);
}

/** Where the reader was in a list, if they were there. */
export function keptPlace(list: ListName): Kept | undefined {
  return kept.get(listKey(list));
}

/**
 * Where a list is to be scrolled so that a row at y is seen, with what is beside
 * it on either side: by no more than that takes, and not at all where it is seen.
 */
export function inView({ from, room, end }: { from: number; room: number; end: number }, y: number, row: number, beside: number): number {
  if (y - beside < from) return Math.max(0, y - beside);
  if (y + row + beside > from + room) return Math.max(from, Math.min(end, y + row + beside) - room);
  return from;
}
