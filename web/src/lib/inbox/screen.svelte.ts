/** What is open on the inbox screen, shared by its parts: overlays, pickers, where the focus shall go. */
import { getContext, setContext, untrack } from 'svelte';
import type { Conversation, Mode } from '../state/model';
import { session } from '../state/session.svelte';
import type { Workspace } from '../state/workspace';
import { placePath, type Place } from './place';

/** The pickers of the conversation's header. */
export type PickerName = 'status' | 'assignee' | 'priority' | 'tags' | 'more';

const key = Symbol('screen');

/** The state of one inbox screen. */
export class Screen {
  overlay = $state<
    '' | 'assign' | 'snooze' | 'pend' | 'resolve' | 'close' | 'due' | 'priority' | 'escalate' | 'filter' | 'views' | 'merge' | 'twins' | 'transcript' | 'ticket'
  >('');
  picker = $state<PickerName | ''>('');
  /** The conversation or customer that a merge begins with. */
  declare beside?: string;
  /** The conversation whose messages are being chosen for a new one. */
  splitting = $state('');
  /** The details panel as an overlay, where it has no column of its own. */
  details = $state(false);
  /** Hides the details column on wide screens. */
  wideDetails = $state(true);
  /** Grows with every wish to write; the composer follows it. */
  wish = $state<{ n: number; mode: Mode }>({ n: 0, mode: 'reply' });
  /** The last wish that a composer followed; a composer that comes later follows one that is left. */
  taken = 0;
  /** Grows with every wish to read. */
  reading = $state(0);
  /** Grows with every wish to be in the list. */
  listing = $state(0);
  /** The conversation that is drawn, and that commands act on: where the list goes on to another it is that a frame later (ADR 27). */
  open = $state.raw<string | undefined>(undefined);
  /** It as it is; while the list goes on, as it was then: nothing of its last frame is drawn anew, whatever was done to it. */
  readonly conversation = $derived.by(() => {
    const { open, at } = this;
    if (open !== at && this.had?.id === open) return this.had;
    return (this.had = open ? this.workspace.store.rows.get(open) : undefined);
  });
  private had: Conversation | undefined;
  /** Conversations that stay unread although they are open: the reader said so. */
  keepUnread = $state<string | undefined>(undefined);
  /** Where the open conversation was when it left the list; without an id, where many were. */
  private left: { id: string; at: number } | undefined;

  /** Says of a conversation whether it is chosen; undefined while none is. */
  chosen = $state.raw<((id: string) => boolean) | undefined>(undefined);
  /** What is chosen lies over what would be read: that is out of reach then. */
  covered = $state(false);
  /** Takes a click on a row; it reports whether that was a choice. */
  choose: ((id: string, e: MouseEvent) => boolean) | undefined;

  constructor(
    readonly workspace: Workspace,
    private readonly base: () => string,
    private readonly now: () => Place,
    private readonly navigate: (path: string) => void,
  ) {
    this.open = untrack(now).conversation;
  }

  get place(): Place {
    return this.now();
  }

  /** The conversation that the list has come to. */
  get at(): string | undefined {
    return this.place.conversation;
  }

  /** The ids of the list on screen, in its order. */
  get ids(): readonly string[] {
    return this.workspace.store.list(this.place.list).ids;
  }

  /** The path of a place, for links. */
  path(p: Place): string {
    return placePath(this.base(), p);
  }

  go(p: Place): void {
    this.picker = '';
    if (this.left?.id === '') this.left = undefined;
    this.taken = this.wish.n;
    this.navigate(this.path(p));
    if (!p.conversation || !this.open) this.open = p.conversation;
  }

  show(id: string | undefined): void {
    this.go({ list: this.place.list, ...(id ? { conversation: id } : {}) });
  }

  write(mode: Mode): void {
    this.wish = { n: this.wish.n + 1, mode };
  }

  /** The id some rows further; at the ends it stays. */
  neighbour(by: number, from = this.at): string | undefined {
    const ids = this.ids;
    let at = from ? ids.indexOf(from) : -1;
    // One that stays open after it has left the list is between its neighbours.
    if (at < 0 && this.left?.id === (from ?? '')) at = by > 0 ? this.left.at - 1 : this.left.at;
    else if (at < 0) return ids[by > 0 ? 0 : ids.length - 1];
    return ids[Math.min(ids.length - 1, Math.max(0, at + by))];
  }

  /** The rows at a place of the list are done with: walking goes on there. */
  resume(at: number): void {
    if (at >= 0) this.left = { id: '', at };
  }

  /**
   * Does something that takes the open conversation out of the list, and opens
   * what its reader wants then: the next one, at the end the previous one, if
   * they have not chosen otherwise (R13). With over they are done with it, too,
   * where the list keeps it, as Open keeps what is snoozed.
   */
  finish(act: (id: string) => Promise<unknown>, over = false): void {
    const id = this.open;
    if (!id) return;
    const ids = this.ids;
    const at = ids.indexOf(id);
    const after = session.me?.settings?.after_action;
    const back = after === 'previous' ? -1 : 1;
    const next = at < 0 || after === 'list' ? undefined : (ids[at + back] ?? ids[at - back]);
    void act(id);
    this.left = { id, at };
    // What a filter's list keeps, its server says later.
    const kept = this.ids.includes(id) && !over && this.place.list.find === undefined;
    if (after === 'stay' || kept || (!next && after !== 'list' && this.ids.includes(id))) return;
    // The button that did it goes with what it was about.
    const lost = !next || !!document.activeElement?.closest('.thead');
    this.show(next);
    if (lost) this.listing++;
  }
}

/** Hands the screen to everything below. */
export function provideScreen(s: Screen): void {
  setContext(key, s);
}

/** The screen that a parent handed down. */
export function useScreen(): Screen {
  return getContext<Screen>(key);
}
