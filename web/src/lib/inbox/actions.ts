import type { Conversation } from '../api/client';
import { router } from '../router/router.svelte';
import { act } from '../state/act';
import { desk } from '../state/desk.svelte';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toast.svelte';
import { keys, type Action } from '../shell/keys.svelte';

type Place = { base: () => string; id: () => string; key: () => string; details: () => void };

/** neighbour is the id some rows further in the list on the screen. */
function neighbour(p: Place, by: number): string | undefined {
  const ids = desk.lists.get(p.key())?.ids ?? [];
  const at = ids.indexOf(p.id());
  return at < 0 ? ids[by > 0 ? 0 : ids.length - 1] : ids[at + by];
}

function go(p: Place, id?: string) {
  router.go(id ? `${p.base()}/${id}` : p.base());
}

/** then opens the next conversation after this one has left the list. */
function then(p: Place, next?: string) {
  const ids = desk.lists.get(p.key())?.ids ?? [];
  if (!ids.includes(p.id())) go(p, next);
}

export const says = (event: string, detail?: unknown) => dispatchEvent(new CustomEvent('parley:' + event, { detail }));

export async function assignToMe(c: Conversation) {
  const me = session.me?.user.id ?? '';
  const did = await act(c, 'assign', { assignee_id: me, expected_assignee_id: c.assignee_id ?? '' }, 'Assigned to you', { assignee_id: me });
  if (did) says('reply');
}

/** actions is what can be done in the inbox. */
export function actions(p: Place): Action[] {
  const open = () => desk.rows.get(p.id());
  const has = () => Boolean(open()) && session.answers;
  const active = () => has() && (open()?.status === 'open' || open()?.status === 'pending');
  const on = (fn: (c: Conversation) => unknown) => () => {
    const c = open();
    if (c) void fn(c);
  };
  const leave = (fn: (c: Conversation) => Promise<unknown>) =>
    on(async (c) => {
      const next = neighbour(p, 1) ?? neighbour(p, -1);
      const done = fn(c);
      then(p, next === c.id ? undefined : next);
      await done;
    });
  const this_ = 'This conversation';
  const at = new Date().toISOString();
  return [
    { id: 'next', label: 'Next conversation', keys: ['j', 'ArrowDown'], group: 'Move', run: () => go(p, neighbour(p, 1) ?? p.id()) },
    { id: 'previous', label: 'Previous conversation', keys: ['k', 'ArrowUp'], group: 'Move', run: () => go(p, neighbour(p, -1) ?? p.id()) },
    { id: 'open', label: 'Read the conversation', keys: ['Enter'], group: 'Move', when: () => Boolean(p.id()) && document.activeElement?.getAttribute('role') === 'listbox', run: () => says('focus') },
    { id: 'back', label: 'Back to the list', keys: ['u', 'Escape'], group: 'Move', when: () => Boolean(p.id()), run: () => go(p) },
    { id: 'mine', label: 'Mine', keys: ['g m', '1'], group: 'Go to', run: () => router.go(`/${session.slug}/mine`) },
    { id: 'unassigned', label: 'Unassigned', keys: ['g u', '2'], group: 'Go to', run: () => router.go(`/${session.slug}/unassigned`) },
    { id: 'all', label: 'All open', keys: ['g i', '3'], group: 'Go to', run: () => router.go(`/${session.slug}/all`) },
    { id: 'settings', label: 'Settings', keys: ['g s'], group: 'Go to', run: () => router.go(`/${session.slug}/settings/profile`) },
    { id: 'ledger', label: 'Delivery ledger', keys: ['g l'], group: 'Go to', run: () => router.go(`/${session.slug}/ledger/inbound`) },
    { id: 'reply', label: 'Reply', keys: ['r'], group: this_, when: has, run: () => says('reply') },
    { id: 'note', label: 'Add a note', keys: ['n'], group: this_, when: has, run: () => says('note') },
    { id: 'resolve', label: 'Resolve', keys: ['e'], group: this_, when: active, run: leave((c) => act(c, 'resolve', {}, 'Resolved', { status: 'resolved', resolved_at: at, label: 'Resolved', stage: 'resolved' })) },
    { id: 'close', label: 'Close', keys: ['E'], group: this_, when: () => has() && open()?.status !== 'closed', run: leave((c) => act(c, 'close', {}, 'Closed', { status: 'closed', closed_at: at, label: 'Closed', stage: 'closed' })) },
    { id: 'reopen', label: 'Reopen', keys: ['O'], group: this_, when: () => has() && !active(), run: on((c) => act(c, 'reopen', {}, 'Reopened', { status: 'open' })) },
    { id: 'assign', label: 'Assign', keys: ['a'], group: this_, when: has, run: () => says('assign') },
    { id: 'assign-me', label: 'Assign to me', keys: ['i'], group: this_, when: () => has() && open()?.assignee_id !== session.me?.user.id, run: on(assignToMe) },
    { id: 'unassign', label: 'Unassign', keys: [], group: this_, when: () => has() && Boolean(open()?.assignee_id), run: on((c) => act(c, 'unassign', {}, 'Unassigned', { assignee_id: undefined })) },
    { id: 'unread', label: 'Mark as unread', keys: ['U'], group: this_, when: () => Boolean(open()), run: on((c) => act(c, 'unread', {}, 'Marked as unread', { unread: true }).then(() => go(p))) },
    { id: 'tag', label: 'Tags', keys: ['l'], group: this_, when: has, run: () => says('tag') },
    ...(['urgent', 'high', 'normal', 'low'] as const).map((priority, n) => ({
      id: 'priority-' + priority, label: `Priority ${priority}`, keys: [`p ${n + 1}`], group: this_, when: has,
      run: on((c) => act(c, 'prioritize', { priority }, `Priority is ${priority}`, { priority })),
    })),
    { id: 'undo', label: 'Undo', keys: ['z'], group: this_, when: () => Boolean(toasts.now?.undo), run: () => toasts.undo() },
    { id: 'details', label: 'Details', keys: ['mod+.'], group: 'Screen', run: p.details },
    { id: 'palette', label: 'Search or jump to', keys: ['mod+k'], group: 'Screen', run: () => (keys.overlay = 'palette') },
    { id: 'help', label: 'Keyboard', keys: ['?'], group: 'Screen', run: () => (keys.overlay = 'help') },
    {
      id: 'theme', label: 'Light or dark', keys: ['mod+shift+l'], group: 'Screen',
      run: () => {
        const theme = document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark';
        document.documentElement.dataset.theme = theme;
        localStorage.setItem('parley.theme', theme);
      },
    },
  ];
}
