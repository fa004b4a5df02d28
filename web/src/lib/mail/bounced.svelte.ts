/** Addresses that mail came back from, as far as they were asked about. */
import { SvelteMap } from 'svelte/reactivity';
import { client, must } from '../api/client';
import type { components } from '../api/schema';
import { desk } from '../state/desk.svelte';
import { once, readAddress } from './addresses';

export type Bounced = components['schemas']['BouncedAddress'];

const fold = (a: string) => readAddress(a).email.toLowerCase();

/** What is known of addresses: asked once for each while a mail is written. */
export class BouncedAddresses {
  private known = new SvelteMap<string, Bounced | undefined>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Asks about addresses, once nobody types any more. */
  look(addresses: readonly string[]): void {
    clearTimeout(this.timer);
    const fresh = once(addresses.map(fold)).filter((a) => a.includes('@') && !this.known.has(a));
    if (fresh.length === 0) return;
    this.timer = setTimeout(() => {
      must(client.GET('/api/v1/workspaces/{workspace}/bounced-addresses', { params: { path: { workspace: desk.ws }, query: { address: fresh } } })).then(
        (page) => {
          for (const a of fresh) this.known.set(a, undefined);
          for (const b of page.items) this.known.set(b.address, b);
        },
        () => undefined, // whoever writes is not kept from it
      );
    }, 250);
  }

  /** Those of some addresses that mail came back from. */
  among(addresses: readonly string[]): Bounced[] {
    return once(addresses.map(fold)).flatMap((a) => this.known.get(a) ?? []);
  }

  /** Forgets that mail to an address came back: it works again. */
  async forget(address: string): Promise<void> {
    await must(client.DELETE('/api/v1/workspaces/{workspace}/bounced-addresses', { params: { path: { workspace: desk.ws }, query: { address } } }));
    this.known.set(fold(address), undefined);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
