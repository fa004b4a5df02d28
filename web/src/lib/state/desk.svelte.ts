/**
 * The running workspace for the parts around the inbox: the sidebar, settings,
 * the ledger. The inbox itself uses the Workspace directly.
 */
import { untrack } from 'svelte';
import { t, type Key } from '../i18n/t';
import type { Inbox, Member, Tag } from '../api/client';
import { openWorkspace } from './context.svelte';
import type { Conversation, Priority } from './model';
import { session } from './session.svelte';
import { toasts } from './toast.svelte';
import type { Notice, Workspace } from './workspace';

class Desk {
  /** The workspace while somebody is signed in to it. */
  workspace = $state.raw<Workspace>();
  /** Notifications that were not looked at. */
  notices = $state(0);
  /** Grows with everything the reader is told. */
  told = $state(0);
  private leave: (() => void) | undefined;

  /** The id of the workspace, for paths of the API. */
  get ws(): string {
    return session.workspace?.id ?? '';
  }
  /** Every conversation that is known, for jumping to it. */
  get rows(): Map<string, Conversation> {
    return this.workspace?.store.rows ?? new Map();
  }
  get counts() {
    return this.workspace?.counts.value ?? null;
  }
  get members(): Member[] {
    return [...(this.workspace?.members.values() ?? [])] as unknown as Member[];
  }
  get inboxes(): Inbox[] {
    return [...(this.workspace?.inboxes.values() ?? [])] as unknown as Inbox[];
  }
  get tags(): Tag[] {
    return [...(this.workspace?.tags.values() ?? [])] as unknown as Tag[];
  }

  member(id?: string): Member | undefined {
    return this.workspace?.members.get(id ?? '') as unknown as Member | undefined;
  }

  /** Opens the workspace that is signed in to. */
  start(): void {
    untrack(() => this.open());
  }

  private open(): void {
    const { workspace, me } = session;
    if (!workspace || !me) return;
    this.stop();
    const reader = { user: me.user.id, name: me.user.name, workspace: workspace.id, role: workspace.role as 'owner' | 'admin' | 'agent' | 'viewer' };
    const opened = openWorkspace(
      reader,
      tell,
      () => void session.load(),
      () => this.hear(),
    );
    this.workspace = opened.workspace;
    this.leave = opened.leave;
  }

  private hear(): void {
    this.told++;
    void this.countNotices().catch(() => undefined);
    if (document.hidden) void import('./desktop').then((m) => m.show(this.ws, session.slug)).catch(() => undefined);
  }

  stop(): void {
    this.leave?.();
    this.leave = undefined;
    this.workspace = undefined;
  }

  /** Fetches members, inboxes and tags again. */
  async people(): Promise<void> {
    await this.workspace?.settings();
  }

  async countNotices(): Promise<void> {
    this.notices = (await this.workspace?.unreadNotices()) ?? 0;
  }
}

export const desk = new Desk();

/** Says what was done, with a way back, or why it was not, with what has changed and a way to do it again. */
function tell(n: Notice): void {
  if (n.kind === 'refused') {
    const changed = n.changes?.length
      ? t(n.by ? 'changed.by' : 'changed.since', { what: n.changes.join(t('changed.and')), ...(n.by ? { name: n.by } : {}) })
      : '';
    toasts.refuse([n.reason, changed].filter(Boolean).join(' '), n.retry);
    return;
  }
  const priority = n.params?.['priority'];
  const params = { ...n.params, ...(priority ? { priority: t(`priority.${priority as Priority}`) } : {}) };
  // What is done from parts that are fetched later brings its own words.
  toasts.show(n.params?.['said'] ?? t(`done.${n.verb === 'read' ? 'undo' : n.verb}` as Key, params), n.undo);
}
