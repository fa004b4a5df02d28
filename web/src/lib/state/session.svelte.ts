import { client, must, type Me } from '../api/client';

/** Who is signed in, and in which workspace they are. */
class Session {
  me = $state<Me | null>(null);
  needsSetup = $state(false);
  ready = $state(false);
  slug = $state('');
  workspace = $derived(this.me?.workspaces.find((w) => w.slug === this.slug) ?? this.me?.workspaces[0]);
  manages = $derived(this.workspace?.role === 'owner' || this.workspace?.role === 'admin');
  answers = $derived(this.workspace !== undefined && this.workspace.role !== 'viewer');

  /** load asks the server who we are. */
  async load() {
    try {
      const install = await must(client.GET('/api/v1/install'));
      this.needsSetup = install.needs_setup;
      this.me = install.signed_in ? await must(client.GET('/api/v1/session')) : null;
    } finally {
      this.ready = true;
    }
  }

  async signOut() {
    await must(client.DELETE('/api/v1/session'));
    // Drafts and messages on their way belong to who wrote them; the theme stays.
    for (const key of Object.keys(localStorage)) if (key.startsWith('parley:')) localStorage.removeItem(key);
    location.href = '/';
  }
}

export const session = new Session();
