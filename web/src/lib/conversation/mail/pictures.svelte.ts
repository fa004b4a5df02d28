import { SvelteMap, SvelteSet } from 'svelte/reactivity';

/** What a mail loads from elsewhere, by the address of its page; shown says that it does so now. */
export const found = new SvelteMap<string, { remote: number; trackers: number; shown: boolean }>();

/** Mails whose pictures were asked for since the app was opened. */
export const asked = new SvelteSet<string>();

/** Customers whose pictures are shown without asking, since somebody just said so here: by id, true or false. */
export const always = new SvelteMap<string, boolean>();

/** Reads what a page says of itself: see internal/richtext. */
export function look(url: string, body: HTMLElement): void {
  const { remote, trackers, shown } = body.dataset;
  const now = { remote: Number(remote ?? 0), trackers: Number(trackers ?? 0), shown: shown !== undefined };
  const had = found.get(url);
  if (had?.remote !== now.remote || had.trackers !== now.trackers || had.shown !== now.shown) found.set(url, now);
}
