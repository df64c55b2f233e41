/** The walls of the house hold: each kind of wrong arrow and each forbidden word is planted, and found. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import test from 'ava'
import { ESLint } from 'eslint'
import { circlesOf } from '../../scripts/floors/circles.js'
import { REQUIRED } from '../../scripts/floors/house.js'
import { referencesOf } from '../../scripts/floors/imports.js'
import { survey } from '../../scripts/floors/survey.js'
import { PLANTED } from './floors.table.js'

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
