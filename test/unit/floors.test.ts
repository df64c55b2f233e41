/** The walls of the house hold: each kind of wrong arrow and each forbidden word is planted, and found. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import test from 'ava'
import { ESLint } from 'eslint'
import { circlesOf } from '../../scripts/floors/circles.js'
import { REQUIRED } from '../../scripts/floors/house.js'
import { referencesOf } from '../../scripts/floors/imports.js'
import { type Fault, survey } from '../../scripts/floors/survey.js'

const repository = resolve(import.meta.dirname, '../..')

function plant(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

/** The smallest house without a fault. */
function tidyHouse(): Record<string, string> {
  const files = REQUIRED.map((path) => (path.endsWith('.ts') ? path : `${path}/thing.ts`))
  return {
    ...Object.fromEntries(files.map((path) => [path, 'export const here = true\n'])),
    'src/model/node.ts': "import { here } from '../errors.js'\nexport type Node = typeof here\n",
    'src/engine/loop.ts': "import type { Node } from '../model/node.js'\nexport type Loop = Node\n",
    'src/index.ts': "export * from './engine/loop.js'\n",
    'adapters/node/disk.ts':
      "export * from '../../src/index.js'\nexport * from '../shared/thing.js'\nimport 'node:fs'\n",
    'examples/cli/bin/cli.js': "#!/usr/bin/env node\nimport '../dist/main.js'\n",
    'examples/cli/main.ts': "import 'tidemark/node'\nimport './inner/deep.js'\n",
    'examples/cli/inner/deep.ts': "export * from 'commander'\n",
  }
}

interface Planted {
  readonly title: string
  readonly fault: Fault
  readonly where: string
  readonly files: Readonly<Record<string, string>>
}

const PLANTED: readonly Planted[] = [
  {
    title: 'an import up',
    fault: 'up',
    where: 'src/model/a.ts:1',
    files: { 'src/model/a.ts': "import '../engine/loop.js'" },
  },
  {
    title: 'a type import up',
    fault: 'up',
    where: 'src/model/a.ts:2',
    files: { 'src/model/a.ts': "\nimport type { Loop } from '../engine/loop.js'" },
  },
  {
    title: 'a re-export up',
    fault: 'up',
    where: 'src/interfaces/a.ts:1',
    files: { 'src/interfaces/a.ts': "export * from '../server/thing.js'" },
  },
  {
    title: 'import() up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "export const load = () => import('../options.js')" },
  },
  {
    title: 'an import() type up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "export type A = import('../sync-engine.js').A" },
  },
  {
    title: 'require up',
    fault: 'up',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "require('../options.js')" },
  },
  {
    title: 'the core reaching into an adapter',
    fault: 'up',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import '../../adapters/node/disk.js'" },
  },
  {
    title: 'siblings: content to protocol',
    fault: 'sibling',
    where: 'src/content/a.ts:1',
    files: { 'src/content/a.ts': "import '../protocol/thing.js'" },
  },
  {
    title: 'siblings: engine to server, types only',
    fault: 'sibling',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import type { here } from '../server/thing.js'" },
  },
  {
    title: 'a circle of two',
    fault: 'circle',
    where: 'src/engine/a.ts',
    files: { 'src/engine/a.ts': "import './b.js'", 'src/engine/b.ts': "import './a.js'" },
  },
  {
    title: 'a circle of four, closed by a type import',
    fault: 'circle',
    where: 'adapters/node/a.ts',
    files: {
      'adapters/node/a.ts': "import './b.js'",
      'adapters/node/b.ts': "export * from './c.js'",
      'adapters/node/c.ts': "export const d = () => import('./d.js')",
      'adapters/node/d.ts': "import type { A } from './a.js'",
    },
  },
  {
    title: 'a file that imports itself',
    fault: 'circle',
    where: 'src/engine/a.ts',
    files: { 'src/engine/a.ts': "import './a.js'" },
  },
  {
    title: 'an adapter that opens a file of the core',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import '../../src/engine/loop.js'" },
  },
  {
    title: 'an adapter that opens another adapter',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import '../memory/index.js'" },
  },
  {
    title: 'shared that opens an adapter',
    fault: 'leaf',
    where: 'adapters/shared/a.ts:1',
    files: { 'adapters/shared/a.ts': "import '../memory/index.js'" },
  },
  {
    title: 'an adapter that imports the package by name',
    fault: 'leaf',
    where: 'adapters/node/a.ts:1',
    files: { 'adapters/node/a.ts': "import 'tidemark/server'" },
  },
  {
    title: 'an example that opens the core by path',
    fault: 'leaf',
    where: 'examples/cli/a.ts:1',
    files: { 'examples/cli/a.ts': "import '../../src/index.js'" },
  },
  {
    title: 'an example that opens another example',
    fault: 'leaf',
    where: 'examples/cli/a.ts:1',
    files: { 'examples/cli/a.ts': "import '../express-server/thing.js'" },
  },
  {
    title: 'a library that is not one of the core',
    fault: 'package',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import 'p-retry'" },
  },
  {
    title: 'Node in the core',
    fault: 'package',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import 'node:fs'" },
  },
  {
    title: 'an inner barrel',
    fault: 'barrel',
    where: 'src/engine/index.ts',
    files: { 'src/engine/index.ts': "export * from './loop.js'" },
  },
  {
    title: 'the core importing through its own entry',
    fault: 'barrel',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import '../accounts/index.js'" },
  },
  {
    title: 'a room that the plan does not know',
    fault: 'directory',
    where: 'src/utils',
    files: { 'src/utils/a.ts': '' },
  },
  {
    title: 'a room inside a room',
    fault: 'directory',
    where: 'src/engine/inner',
    files: { 'src/engine/inner/a.ts': '' },
  },
  {
    title: 'an adapter that this release does not have',
    fault: 'directory',
    where: 'adapters/s3',
    files: { 'adapters/s3/a.ts': '' },
  },
  { title: 'a file beside the rooms', fault: 'directory', where: 'src/helpers.ts', files: { 'src/helpers.ts': '' } },
  {
    title: 'a relative import of nothing',
    fault: 'unresolved',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': "import './gone.js'" },
  },
  {
    title: 'a computed module name in the core',
    fault: 'unresolved',
    where: 'src/engine/a.ts:1',
    files: { 'src/engine/a.ts': 'export const load = (name: string) => import(name)' },
  },
]

function inTemporary<T>(files: Readonly<Record<string, string>>, use: (root: string) => T): T {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-floors-'))
  try {
    plant(root, files)
    return use(root)
  } finally {
    rmSync(root, { recursive: true })
  }
}

test('floors: a tidy house has no fault', (t) => {
  const found = inTemporary(tidyHouse(), survey)
  t.deepEqual(found.violations, [])
  t.is(found.files, REQUIRED.length + 6)
  t.is(found.arrows, 6)
})

for (const { title, fault, where, files } of PLANTED) {
  test(`floors: ${title} is found`, (t) => {
    const { violations } = inTemporary({ ...tidyHouse(), ...files }, survey)
    t.true(
      violations.some((violation) => violation.fault === fault && violation.where === where),
      JSON.stringify(violations),
    )
  })
}

for (const path of REQUIRED) {
  test(`floors: ${path} may not be missing`, (t) => {
    const files = Object.entries(tidyHouse()).filter(([file]) => file !== path && !file.startsWith(`${path}/`))
    const { violations } = inTemporary(Object.fromEntries(files), survey)
    t.true(violations.some((violation) => violation.fault === 'missing' && violation.where === path))
  })
}

test('floors: every way to name a module is seen', (t) => {
  const source = `
    import 'a'
    import { type b } from 'b'
    import type c from 'c'
    export { d } from 'd'
    export type * from 'e'
    import f = require('f')
    const g = import('g')
    const h = require('h')
    type I = import('i').I
    const j = new URL('./j.js', import.meta.url)
    const k = \`import('not-k')\`
    // import 'not-l'
    const m = import(k)`
  t.deepEqual(
    referencesOf('x.ts', source).map(({ specifier }) => specifier),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', './j.js', null],
  )
})

test('floors: circles are told apart from shared members', (t) => {
  const arrows = new Map(
    Object.entries({ a: 'b', b: 'ac', c: 'd', d: 'e', e: 'c', f: 'abc' }).map(([from, to]) => [from, new Set(to)]),
  )
  t.deepEqual(circlesOf(arrows).slice().sort(), [
    ['a', 'b'],
    ['c', 'd', 'e'],
  ])
})

const clean = 'export const one = 1\n'
const lines = (count: number): string =>
  `export function long(): number {\n  let sum = 0\n${'  sum += 1\n'.repeat(count - 4)}  return sum\n}\n`
const rejecting = 'export async function act(): Promise<void> {\n  await Promise.reject(new Error())\n}\n'

/** File, text, the rule that must catch it (null: nothing may). */
const LINTED: readonly (readonly [file: string, text: string, rule: string | null])[] = [
  ['src/model/clean.ts', clean, null],
  ['src/model/date.ts', 'export const now = Date.now()\n', 'no-restricted-globals'],
  ['src/model/date-type.ts', 'export type When = Date\n', '@typescript-eslint/no-restricted-types'],
  ['src/model/random.ts', 'export const chance = Math.random()\n', 'no-restricted-properties'],
  ['src/model/random-taken.ts', 'export const { random } = Math\n', 'no-restricted-properties'],
  ['src/model/timer.ts', 'setTimeout(() => undefined, 1)\n', 'no-restricted-globals'],
  ['src/model/crypto.ts', 'export const id = crypto.randomUUID()\n', 'no-restricted-globals'],
  ['src/model/performance.ts', 'export const now = performance.now()\n', 'no-restricted-globals'],
  ['src/model/console.ts', "console.log('x')\n", 'no-restricted-globals'],
  ['src/model/global-this.ts', 'export const host = globalThis\n', 'no-restricted-globals'],
  ['src/model/process.ts', 'export const host = process.platform\n', 'no-restricted-globals'],
  ['src/model/buffer.ts', "export const bytes = Buffer.from('x')\n", 'no-restricted-globals'],
  ['src/model/node.ts', "export { readFileSync } from 'node:fs'\n", 'no-restricted-imports'],
  ['src/model/load.ts', "export const load = () => import('./clean.js')\n", 'no-restricted-syntax'],
  ['src/model/sixty.ts', lines(60), null],
  ['src/model/sixty-one.ts', lines(61), 'max-lines-per-function'],
  ['src/model/three-hundred.ts', clean.replace('one', 'x$').repeat(301), 'max-lines'],
  ['src/model/any.ts', 'export function f(x: any): void {\n  void x\n}\n', '@typescript-eslint/no-explicit-any'],
  ['src/model/floating.ts', `${rejecting}act()\n`, '@typescript-eslint/no-floating-promises'],
  ['src/model/misused.ts', `${rejecting}export const x = [1].filter(act)\n`, '@typescript-eslint/no-misused-promises'],
  [
    'src/model/switch.ts',
    "export function f(x: 'a' | 'b'): void {\n  switch (x) {\n    case 'a':\n      f('b')\n  }\n}\n",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'src/model/type-import.ts',
    "import { one } from './clean.js'\nexport type One = typeof one\n",
    '@typescript-eslint/consistent-type-imports',
  ],
  [
    'src/model/disabled-line.ts',
    'export const now = Date.now() // eslint-disable-line no-restricted-globals\n',
    'no-restricted-globals',
  ],
  ['src/model/disabled-file.ts', '/* eslint-disable */\nexport const now = Date.now()\n', 'no-restricted-globals'],
  ['src/model/ignored.ts', '// @ts-nocheck\nexport const one = 1\n', '@typescript-eslint/ban-ts-comment'],
  ['src/model/throw.ts', "export function f(): void {\n  throw 'text'\n}\n", 'no-throw-literal'],
  ['adapters/node/date.ts', 'export const now = Date.now()\n', null],
  ['adapters/node/long.ts', lines(61), 'max-lines-per-function'],
  ['test/unit/only.test.ts', "import test from 'ava'\ntest.only('x', (t) => t.pass())\n", 'no-restricted-syntax'],
  ['test/conformance/x.suite.ts', lines(61), null],
  ['test/conformance/y.suite.ts', "export { default as test } from 'ava'\n", 'no-restricted-imports'],
]

test('lint: what is planted is found, what is allowed passes', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-lint-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  plant(root, Object.fromEntries(LINTED.map(([file, text]) => [file, text])))
  for (const file of ['eslint.config.js', 'package.json', 'tsconfig.json', 'tsconfig.base.json', 'src/tsconfig.json']) {
    cpSync(join(repository, file), join(root, file))
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))

  const results = await new ESLint({ cwd: root }).lintFiles(LINTED.map(([file]) => file))
  const found = new Map(results.map((result) => [result.filePath.slice(root.length + 1), result.messages]))
  for (const [file, , rule] of LINTED) {
    const rules = found.get(file)?.map(({ ruleId }) => ruleId)
    if (rule === null) t.deepEqual(rules, [], file)
    else t.true(rules?.includes(rule), `${file}: ${JSON.stringify(found.get(file))}`)
  }
  const disabled = found.get('src/model/disabled-file.ts') ?? []
  t.true(
    disabled.some(({ message }) => message.includes('noInlineConfig')),
    'the comment itself is reported',
  )
})
