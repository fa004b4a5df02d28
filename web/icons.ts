import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

type Shape = [tag: string, attributes: Record<string, string>];

const text = (s: string) => s.replace(/[&"{}<]/g, (c) => `&#${c.charCodeAt(0)};`);

/** An icon as a component whose shapes stand in its template: it is cloned at once. It knows class, role and aria-label. */
export function drawn(name: string, shapes: Shape[]): string {
  const inside = shapes.map(
    ([tag, attributes]) =>
      `<${tag} ${Object.entries(attributes)
        .map(([k, v]) => `${k}="${text(v)}"`)
        .join(' ')} />`,
  );
  return `<script>let { class: c = '', role, 'aria-label': label } = $props();</script>
<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" class="lucide lucide-${name} {c}" aria-hidden={label ? undefined : 'true'} aria-label={label} {role}>${inside.join('')}</svg>`;
}

/**
 * Draws Lucide's icons when Parley is built. Its own components make every shape of every icon when they are shown,
 * which was two fifths of what opening a conversation asked of the processor: a conversation has sixty icons.
 */
export const icons: Plugin = {
  name: 'icons',
  enforce: 'pre',
  load(id) {
    const name = /@lucide\/svelte\/dist\/icons\/([a-z0-9-]+)\.svelte$/.exec(id)?.[1];
    if (!name) return null;
    const data = /const iconData = (\{.*\});/.exec(readFileSync(id, 'utf8'))?.[1];
    if (!data) throw new Error(`${id} has no iconData: Lucide writes its icons otherwise now`);
    return drawn(name, (JSON.parse(data) as { node: Shape[] }).node);
  },
};
