import { svelte } from '@sveltejs/vite-plugin-svelte';
import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The frame is a module with its styles; the loader is one classic script. */
export default defineConfig({
  root: here('.'),
  plugins: [
    svelte({ configFile: here('../svelte.config.js') }),
    {
      name: 'loader',
      async closeBundle() {
        copyFileSync(here('frame.html'), here('../dist/widget/frame.html'));
        await build({
          configFile: false,
          logLevel: 'warn',
          publicDir: false,
          build: {
            outDir: here('../dist/widget'),
            emptyOutDir: false,
            lib: { entry: here('src/loader.ts'), formats: ['iife'], name: 'parleyLoader', fileName: () => 'loader.js' },
            target: 'es2020',
          },
        });
      },
    },
  ],
  build: {
    outDir: here('../dist/widget'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    rollupOptions: { input: here('src/frame.ts'), output: { entryFileNames: 'frame.js', assetFileNames: 'frame[extname]' } },
  },
});
