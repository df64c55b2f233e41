/**
 * The lint rules: type-aware for all TypeScript, and for `src/` a wall around time, chance and the host.
 * Layout is the formatter's affair, the floors are those of scripts/check-floors.ts.
 */
import tseslint from 'typescript-eslint'

const TIME_AND_HOST = [
  ['Date', 'Time comes from Clock.'],
  ['performance', 'Time comes from Clock.'],
  ['setTimeout', 'Waiting comes from Clock.'],
  ['setInterval', 'Waiting comes from Clock.'],
  ['setImmediate', 'Waiting comes from Clock.'],
  ['clearTimeout', 'Waiting comes from Clock.'],
  ['clearInterval', 'Waiting comes from Clock.'],
  ['clearImmediate', 'Waiting comes from Clock.'],
  ['queueMicrotask', 'Waiting comes from Clock.'],
  ['requestAnimationFrame', 'Waiting comes from Clock.'],
  ['crypto', 'Chance comes from Random, digests from Hasher.'],
  ['console', 'Messages go to Log.'],
  ['globalThis', 'The core knows no host.'],
  ['global', 'The core knows no host.'],
  ['window', 'The core knows no host.'],
  ['self', 'The core knows no host.'],
  ['navigator', 'The core knows no host.'],
  ['process', 'The core knows no host.'],
  ['Buffer', 'Bytes are Uint8Array.'],
  ['require', 'The core is ESM and knows no host.'],
  ['fetch', 'The network is Transport.'],
].map(([name, message]) => ({ name, message }))

const RANDOM = { object: 'Math', property: 'random', message: 'Chance comes from Random or from a seed.' }

const STYLE = [
  { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
  { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
]
const CORE_SYNTAX = [
  { selector: 'MetaProperty[meta.name="import"]', message: 'The core knows no host.' },
  { selector: 'ImportExpression', message: 'The core loads nothing at run time.' },
]
const TEST_SYNTAX = [
  {
    selector: 'CallExpression > MemberExpression[object.name="test"][property.name=/^(only|failing|todo)$/]',
    message: 'Every test runs and passes.',
  },
]

const LENGTH = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true, IIFEs: true }],
}

export default tseslint.config(
  { ignores: ['**/node_modules/**', '**/dist/**', '.translated/**'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // An abort reason is `unknown`, and handed on as it is. Spreading a string walks its code points, as intended here.
      '@typescript-eslint/only-throw-error': 'off',
      'no-throw-literal': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // Reasons for what is switched off: an async method without await keeps an interface's promise that it never throws
      // synchronously; indexed access is checked by the compiler, so `!` after a length check is the readable form;
      // checks and conversions that types call unnecessary are what stands between us and hostile input.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.js'],
    rules: {
      ...LENGTH,
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-empty': 'error',
      'no-fallthrough': 'error',
      'no-self-assign': 'error',
      'no-unsafe-finally': 'error',
      'no-useless-rename': 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': ['error', ...STYLE],
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...TIME_AND_HOST],
      'no-restricted-properties': ['error', RANDOM],
      '@typescript-eslint/no-restricted-types': ['error', { types: { Date: 'Time is a number of milliseconds.' } }],
      'no-restricted-syntax': ['error', ...STYLE, ...CORE_SYNTAX],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(?!\\.|@stablelib/blake2b$|valibot$|nanoevents$)', message: 'Not a library of the core.' },
          ],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', RANDOM],
      'no-restricted-syntax': ['error', ...STYLE, ...TEST_SYNTAX],
    },
  },
  // Data tables: as long as their data.
  {
    files: ['test/**/*.suite.ts', 'test/**/*.table.ts'],
    rules: { 'max-lines': 'off', 'max-lines-per-function': 'off' },
  },
  // What is published as `tidemark/conformance` knows no test runner and no host.
  {
    files: [
      'test/conformance/**/*.suite.ts',
      ...['assertion', 'case', 'index', 'local-store.subject', 'matrix', 'suites'].map(
        (name) => `test/conformance/${name}.ts`,
      ),
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\.)', message: 'A suite runs under any test runner and on any host.' }] },
      ],
      'no-restricted-globals': [
        'error',
        ...['Buffer', 'process', 'setTimeout', 'setImmediate', 'window', 'document', 'console'].map((name) => ({
          name,
          message: 'A suite runs under any test runner and on any host.',
        })),
      ],
    },
  },
  { files: ['scripts/**', 'examples/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.config.ts', '*.config.js'],
    rules: {
      'no-restricted-syntax': ['error', ...STYLE.filter(({ selector }) => selector !== 'ExportDefaultDeclaration')],
    },
  },
)
