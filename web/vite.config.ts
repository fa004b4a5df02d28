import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig({
  plugins: [svelte(), font],
  build: { outDir: 'dist/app', emptyOutDir: true, target: 'es2022', modulePreload: { polyfill: false } },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true }, '/w': 'http://127.0.0.1:8080', '/widget.js': 'http://127.0.0.1:8080' } },
});
