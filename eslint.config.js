import js from '@eslint/js';
import globals from 'globals';

const browserOnly = ['www/**/*.js'];
const nodeOnly = ['*.js', 'tools/**/*.mjs', 'www/test/**/*.js'];
// These run in Node and hand functions to the browser, so they name both worlds.
const both = ['tests/e2e/**/*.js', 'benches/**/*.mjs'];

export default [
  { ignores: ['dist/', 'target/', 'tools/*/target/', 'www/pkg/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-console': 'off',
      'no-implicit-coercion': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: browserOnly,
    ignores: ['www/test/**'],
    languageOptions: { globals: globals.browser },
    // The page itself is quiet: what it has to say it shows.
    rules: { 'no-console': ['error', { allow: ['warn', 'error'] }] },
  },
  { files: nodeOnly, languageOptions: { globals: globals.node } },
  { files: both, languageOptions: { globals: { ...globals.browser, ...globals.node } } },
];
