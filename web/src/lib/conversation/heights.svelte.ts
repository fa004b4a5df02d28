import { SvelteMap } from 'svelte/reactivity';

/** Heights of mails that were shown, in pixels by address: seen again, nothing jumps. */
export const heights = new SvelteMap<string, number>();
