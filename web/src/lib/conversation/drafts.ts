import { client, must, Problem } from '../api/client';
import { desk } from '../state/desk.svelte';

export type Mode = 'reply' | 'note';
type Kept = { text: string; revision: number };

const slot = 'parley.drafts';
const local = (): Record<string, Kept> => JSON.parse(localStorage.getItem(slot) ?? '{}') as Record<string, Kept>;

/**
 * A draft of one person in one conversation: kept here at every key, on the
 * server soon after, so that neither a closed tab nor another device loses it.
 */
export class Draft {
  private timer = 0;
  private revision = 0;
  private busy: Promise<void> = Promise.resolve();

  constructor(
    private id: string,
    private mode: Mode,
    private told: (state: 'saving' | 'saved' | 'conflict', text?: string) => void,
  ) {}

  private get key() {
    return `${this.id}:${this.mode}`;
  }

  async load(): Promise<string> {
    const here = local()[this.key];
    const path = { workspace: desk.ws, id: this.id, mode: this.mode };
    try {
      const there = await must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}/drafts/{mode}', { params: { path } }));
      this.revision = there.revision;
      return here && here.revision >= there.revision ? here.text : there.text;
    } catch (e) {
      if (!(e instanceof Problem)) throw e;
      return here?.text ?? '';
    }
  }

  change(text: string) {
    const all = local();
    all[this.key] = { text, revision: this.revision };
    localStorage.setItem(slot, JSON.stringify(all));
    this.told('saving');
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.flush(text), 800);
  }

  private flush(text: string) {
    this.busy = this.busy.then(() => this.save(text));
    return this.busy;
  }

  private async save(text: string) {
    const path = { workspace: desk.ws, id: this.id, mode: this.mode };
    try {
      const d = await must(client.PUT('/api/v1/workspaces/{workspace}/conversations/{id}/drafts/{mode}', { params: { path }, body: { text, revision: this.revision } }));
      this.revision = d.revision;
      this.told('saved');
    } catch (e) {
      if (!(e instanceof Problem)) throw e;
      if (e.status !== 409) return;
      const other = e.conflict as { text: string; revision: number };
      this.revision = other.revision;
      if (other.text !== text) this.told('conflict', other.text);
    }
  }

  /** drop forgets the draft, after it was sent. */
  async drop() {
    clearTimeout(this.timer);
    const all = local();
    delete all[this.key];
    localStorage.setItem(slot, JSON.stringify(all));
    await this.busy;
    await client.DELETE('/api/v1/workspaces/{workspace}/conversations/{id}/drafts/{mode}', { params: { path: { workspace: desk.ws, id: this.id, mode: this.mode } } });
    this.revision = 0;
  }
}
