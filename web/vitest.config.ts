import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  // What takes long on a machine that does much else is no fault, what never comes is.
  test: { include: ['src/**/*.test.ts', 'widget/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
