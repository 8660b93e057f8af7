// Lint rules. Types find what is wrong; these find what is risky: a promise nobody waits for, a switch that forgets a
// variant, an `any`. Layout is Prettier's, and the floors of the house are checked by scripts/floors.mjs.
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  globalIgnores(['dist/', 'out/', 'media/', 'test/fixtures/', '**/golden/']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'no-param-reassign': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
      // A fold says by "default" that the other events do not concern it; where each case matters the switch has no default.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/prefer-readonly': 'error',
      // VS Code's API wants Disposable, a class, where `{ dispose() {…} }` is what is meant and what works.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // An async function without await keeps a port's shape (a fake that answers at once).
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // The command line talks to the person through the console.
    files: ['src/cli.ts', 'src/cli/**/*.ts', 'test/bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // A test may say that something is there; if it is not, the test fails, which is its purpose.
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    // Tools read their settings from a default export.
    files: ['*.config.ts', '**/*.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // Scripts are plain JavaScript with types in JSDoc: the compiler checks names and types (`npm run types`).
    files: ['**/*.mjs', '*.js'],
    rules: { eqeqeq: 'error', 'prefer-const': 'error', 'no-unused-vars': ['error', { caughtErrors: 'none' }] },
  },
);
