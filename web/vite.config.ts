import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';
import { icons } from './icons';

/** Fetches the font of the first rows with the page: one that comes after its text moves it. */
const font: Plugin = {
  name: 'font',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((f) => /\/inter-latin-wght-normal-.*\.woff2$/.test(f))
        .map((f) => ({ tag: 'link', injectTo: 'head', attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: '/' + f, crossorigin: true } })),
  },
};

interface Graph {
  getModuleInfo: (id: string) => { isEntry: boolean; importers: readonly string[] } | null;
}

type Is = (id: string, info: { isEntry: boolean }) => boolean;

/** A group of what the modules of which `is` holds are built of: what they import at once, and what that imports. */
function builds(is: Is) {
  const known = new Map<string, boolean>();
  return function belongs(id: string, graph: Graph): boolean {
    const had = known.get(id);
    if (had !== undefined) return had;
    known.set(id, false); // modules that import each other
    const info = graph.getModuleInfo(id);
    const yes = !!info && (is(id, info) || info.importers.some((from) => belongs(from, graph)));
    known.set(id, yes);
    return yes;
  };
}

/** What index.html needs at once is one file: in pieces it would compress worse. */
const first = builds((_, info) => info.isEntry);
/** What every inbox fetches next is another: eighty small files take longer than one to come. */
const next = builds((id) => /\/lib\/(conversation\/Reading\.ts|find\/Views\.svelte|shell\/commands\.ts)$/.test(id));
const group = (id: string, graph: Graph) => (first(id, graph) ? 'first' : next(id, graph) ? 'next' : null);

export default defineConfig({
  plugins: [icons, svelte(), font],
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: (id, graph) => group(id, graph as Graph) }] } } },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true }, '/w': 'http://127.0.0.1:8080', '/widget.js': 'http://127.0.0.1:8080' } },
});
