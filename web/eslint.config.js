import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import words from './lint/words.js';
import svelteConfig from './svelte.config.js';

/**
 * Who may know whom: what is further left knows nothing of what is further right.
 *
 *   i18n, router ← ui ← api, live, state ← keys ← inbox, conversation, customers, promise, settings, shell ← routes
 */
const layers = [['i18n', 'router'], ['ui'], ['api', 'live', 'state'], ['keys'], ['inbox', 'conversation', 'customers', 'promise', 'settings', 'shell']];
const above = (i) => [
  ...layers
    .slice(i + 1)
    .flat()
    .map((d) => `**/${d}/**`),
  '**/routes/**',
];
const direction = layers.map((folders, i) => ({
  files: folders.map((d) => `src/lib/${d}/**`),
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ group: above(i), message: 'This folder may not know of that one; see eslint.config.js for the direction.' }] },
    ],
  },
}));

const network = ['fetch', 'XMLHttpRequest', 'WebSocket', 'EventSource'].map((name) => ({
  name,
  message: 'Requests are made in src/lib/state and src/lib/api only.',
}));
const storage = ['localStorage', 'sessionStorage'].map((name) => ({ name, message: 'What this device keeps is in src/lib/state/device.ts only.' }));
const database = { name: 'indexedDB', message: 'Rows are kept by src/lib/state/cache.ts only.' };

export default ts.config(
  { ignores: ['dist', 'node_modules', 'test-results', 'playwright-report', 'src/lib/api/schema.d.ts'] },
  ts.configs.recommended,
  svelte.configs.recommended,
  svelte.configs.prettier,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    plugins: { parley: { rules: { words } } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      eqeqeq: 'error',
      // Links are ordinary links, followed by src/lib/router.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } } },
  {
    files: ['src/**'],
    rules: { 'parley/words': 'error', 'no-restricted-globals': ['error', ...network, ...storage, database] },
  },
  ...direction,
  { files: ['src/lib/api/**', 'src/lib/state/**'], rules: { 'no-restricted-globals': ['error', ...storage, database] } },
  { files: ['src/lib/state/device.ts'], rules: { 'no-restricted-globals': ['error', ...network, database] } },
  { files: ['src/lib/state/cache.ts'], rules: { 'no-restricted-globals': ['error', ...network, ...storage] } },
  // A date that is read once is no state.
  { files: ['widget/**'], rules: { 'svelte/prefer-svelte-reactivity': 'off' } },
  // Tests start servers of their own; what runs in a terminal prints.
  { files: ['**/*.test.ts'], rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off' } },
  { files: ['*.mjs', 'dev/**', 'bench/**', 'e2e/*.mjs'], rules: { 'no-console': 'off' } },
  { files: ['e2e/**'], rules: { 'no-empty-pattern': 'off' } },
);
