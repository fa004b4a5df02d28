import { tick } from 'svelte';
import type { Me } from '../api/client';
import type { components } from '../api/schema';
import { wipe } from './cache';
import { forgetPerson, recallPerson, rememberPerson } from './device';
import { overFetch } from './http';

// Not the generated client: the first rows wait for this, and need none of it.
const http = overFetch('/api/v1', () => undefined);

/** Who is signed in, and in which workspace they are. */
class Session {
  me = $state.raw<Me | null>(null);
  needsSetup = $state(false);
  /** Whether it is known enough to show something. */
  ready = $state(false);
  slug = $state('');
  workspace = $derived(this.me?.workspaces.find((w) => w.slug === this.slug) ?? this.me?.workspaces[0]);
  manages = $derived(this.workspace?.role === 'owner' || this.workspace?.role === 'admin');
  /** Whether they read reports: who manages, and who leads a team. */
  reports = $derived(this.manages || !!this.workspace?.leads);
  answers = $derived(this.workspace !== undefined && this.workspace.role !== 'viewer');

  /**
   * Shows who was signed in on this device last, so that their kept rows can be
   * painted at once; load asks the server whether it is still so.
   */
  recall(): void {
    const me = recallPerson();
    if (!me) return;
    this.me = me;
    this.ready = true;
  }

  /** Asks the server who we are; whoever was recalled wrongly is forgotten with all that is kept of them. */
  async load(): Promise<void> {
    try {
      const install = await http.get<components['schemas']['Install']>('/install');
      this.needsSetup = install.needs_setup;
      const me = install.signed_in ? await http.get<Me>('/session') : null;
      if (me) await this.enter(me);
      else {
        await this.forget();
        this.me = null;
      }
    } finally {
      this.ready = true;
    }
  }

  /** Takes what the server said of who is signed in; what is kept of somebody else goes first. */
  async enter(me: Me): Promise<void> {
    const kept = this.me ?? recallPerson();
    if (kept && kept.user.id !== me.user.id) await this.forget();
    rememberPerson(me);
    if (JSON.stringify(me) !== JSON.stringify(this.me)) this.me = me;
  }

  /** Ends the session here, and leaves nothing of it on this device. */
  async signOut(): Promise<void> {
    await http.send('DELETE', '/session');
    // The workspace ends first: it keeps its drafts when it does.
    this.ready = false;
    await tick();
    await this.forget();
    location.href = '/';
  }

  /** Removes drafts, messages on their way and kept rows from this device; the theme stays. */
  private async forget(): Promise<void> {
    forgetPerson();
    await wipe();
  }
}

/** The session of this page. */
export const session = new Session();
