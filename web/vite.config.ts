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

/** What index.html needs at once is one file: in pieces it would compress worse. */
const needed = new Map<string, boolean>();
function first(id: string, graph: Graph): boolean {
  const known = needed.get(id);
  if (known !== undefined) return known;
  needed.set(id, false); // modules that import each other
  const info = graph.getModuleInfo(id);
  const yes = !!info && (info.isEntry || info.importers.some((from) => first(from, graph)));
  needed.set(id, yes);
  return yes;
}

export default defineConfig({
  plugins: [icons, svelte(), font],
  build: {
    outDir: 'dist/app',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: (id, graph) => (first(id, graph as Graph) ? 'first' : null) }] } } },
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true }, '/w': 'http://127.0.0.1:8080', '/widget.js': 'http://127.0.0.1:8080' } },
});
