/** Ignore rules and scope as a pure matcher: a table by hand, git as a second opinion, and what pathological rules cost. */

import test from 'ava'
import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'
import type { Effort } from '../../src/reconcile/ignore-pattern.js'
import {
  enter,
  RULE_LIMITS,
  type Ruled,
  type Rules,
  ruledRoot,
  rulesOf,
  scopeOf,
  type Verdict,
  verdictOn,
} from '../../src/reconcile/ignore-rules.js'
import { hasGit, ignoredByGit } from './ignore-oracle.js'
import { type Files, ROWS } from './ignore-rules.table.js'

const NO_SCOPE = scopeOf([])

function rulesAt(files: Files, directory: string): Rules {
  return (Object.hasOwn(files, directory) ? rulesOf(files[directory] ?? '') : null) ?? []
}

function ruledAt(files: Files, path: string, scope = NO_SCOPE): Ruled {
  let at = ruledRoot(rulesAt(files, ''), scope)
  let directory = ''
  for (const name of path.split('/').filter((part) => part !== '')) {
    directory = directory === '' ? name : `${directory}/${name}`
    at = enter(at, name, rulesAt(files, directory))
  }
  return at
}

function verdict(files: Files, path: string, effort?: Effort, scope = NO_SCOPE): Verdict {
  const plain = path.replace(/\/$/, '')
  const slash = plain.lastIndexOf('/')
  const directory = ruledAt(files, plain.slice(0, Math.max(0, slash)), scope)
  return verdictOn(directory, plain.slice(slash + 1), path.endsWith('/') ? 'directory' : 'file', effort)
}

for (const [title, rules, path, ignored] of ROWS) {
  test(`ignore rules: ${title}`, (t) => {
    t.is(verdict(typeof rules === 'string' ? { '': rules } : rules, path), ignored ? 'out' : 'in')
  })
}

// ---- scope

for (const [path, expected] of [
  ['a/', 'out'],
  ['a', 'out'],
  ['a/x/y', 'out'],
  ['ab', 'in'],
  ['b/', 'in'],
  ['b/c/', 'out'],
  ['b/d', 'in'],
  ['x/a', 'in'],
] as const) {
  test(`scope without a and b/c: ${path} is ${expected}`, (t) => {
    const scope = scopeOf(['a', 'b/c'])
    t.is(verdict({}, path, undefined, scope), expected)
    t.is(verdict({ '': '!*', a: '!*' }, path, undefined, scope), expected, 'no rule brings it back')
  })
}

test('0020 a rule file is left out with its directory only: rules that hide themselves could not be ended', (t) => {
  const files = { '': '*', x: '.tidemarkignore' }
  t.is(verdict(files, '.tidemarkignore'), 'in')
  t.is(verdict(files, '.tidemarkignore/'), 'out', 'a directory of that name is no rule file')
  t.is(verdict(files, 'x/.tidemarkignore'), 'out')
  t.is(verdict({ x: '*' }, 'x/.tidemarkignore'), 'in')
  t.is(verdict({}, 'x/.tidemarkignore', undefined, scopeOf(['x'])), 'out')
})

// ---- what cannot be known

test('a rule file that cannot be read: nobody can say, but for what is out already', (t) => {
  const root = ruledRoot(rulesOf('/out') ?? [], scopeOf(['gone']))
  const blind = enter(root, 'blind', 'unknown')
  t.is(verdictOn(root, 'blind', 'directory'), 'in')
  t.is(verdictOn(blind, 'a', 'file'), 'unknown')
  t.is(verdictOn(enter(blind, 'deeper', rulesOf('!*') ?? []), 'a', 'file'), 'unknown')
  t.is(verdictOn(enter(root, 'out', 'unknown'), 'a', 'file'), 'out')
  const nothing = ruledRoot('unknown', scopeOf(['gone']))
  t.is(verdictOn(nothing, 'a', 'file'), 'unknown')
  t.is(verdictOn(nothing, 'gone', 'directory'), 'out')
})

test('a rule file with more lines than the limit is not obeyed in part', (t) => {
  t.is(rulesOf('a\n'.repeat(RULE_LIMITS.lines)), null)
  t.is(rulesOf('a\n'.repeat(RULE_LIMITS.lines - 1))?.length, RULE_LIMITS.lines - 1)
})

// ---- SEC-34

const LONG = 'a'.repeat(255)
const DEEP = Array.from({ length: 60 }, () => 'a').join('/')
const SET = `[${'b-c'.repeat(80)}]`
const pathological: readonly (readonly [title: string, rules: string, path: string])[] = [
  ['many stars', `${'*a'.repeat(120)}b`, LONG],
  ['many stars and question marks', `${'*?'.repeat(120)}b`, LONG],
  ['many any-depths', `${'**/a/'.repeat(30)}b`, `${DEEP}/c`],
  ['many any-depths with stars', `${'**/*a*/'.repeat(30)}b`, `${DEEP}/${LONG}`],
  ['long sets', SET.repeat(20), LONG],
  ['stars and long sets', `*${SET}`.repeat(20), LONG],
  ['negations', '!*a*a*a*b\n'.repeat(50), LONG],
]
for (const [title, rules, path] of pathological) {
  test(`SEC-34 ${title}: no more steps than pattern times path`, (t) => {
    const effort = { steps: 0 }
    t.is(verdict({ '': rules }, path, effort), 'in')
    t.true(effort.steps > 0)
    t.true(effort.steps <= 2 * rules.length * path.length, `${effort.steps} steps of ${rules.length * path.length}`)
  })
}

test('SEC-34 a file at its limits is read without a search per character', (t) => {
  const half = '[:'.repeat(RULE_LIMITS.bytes / 2 - 2)
  t.is(rulesOf(`[${half}a]`)?.length, 1)
  t.is(rulesOf(`[${half}`)?.length, 0)
  t.is(rulesOf(`[[:${'a'.repeat(RULE_LIMITS.bytes - 10)}:]]`)?.length, 0)
})

// ---- git

const PIECES = [
  'a',
  'b',
  'c',
  'ab',
  'a.b',
  '*',
  '?',
  '[ab]',
  '[!a]',
  '[a-c]',
  '*.b',
  'a*',
  '[[:alpha:]]',
  '\\a',
  '[]a]',
]
const NAMES = ['a', 'b', 'c', 'ab', 'a.b', 'abc', '-', ']', 'B', '#a', '!b']

function pick<T>(random: SeededRandom, items: readonly T[]): T {
  return items[random.below(items.length)] as T
}

function lineOf(random: SeededRandom): string {
  const parts = Array.from({ length: 1 + random.below(3) }, () =>
    random.below(5) === 0 ? '**' : `${pick(random, PIECES)}${random.below(3) === 0 ? pick(random, PIECES) : ''}`,
  )
  const body = parts.join('/')
  const [start, end] = [random.below(8), random.below(8)]
  return `${start === 0 ? '!' : ''}${start === 1 ? '/' : ''}${body}${end === 0 ? '/' : ''}${end === 1 ? '  ' : ''}`
}

function textOf(random: SeededRandom): string {
  const lines = Array.from({ length: 1 + random.below(4) }, () =>
    random.below(12) === 0 ? pick(random, ['', '# c', '!', '\\#a', '\\!b', ' ', '/', 'a\\']) : lineOf(random),
  )
  return lines.join(random.below(6) === 0 ? '\r\n' : '\n')
}

/** Paths in which no name is a file here and a directory there. */
function pathsOf(random: SeededRandom): string[] {
  const kinds = new Map<string, 'file' | 'directory'>()
  for (let at = 0; at < 24; at++) {
    const names = Array.from({ length: 1 + random.below(4) }, () => pick(random, NAMES))
    const above = names.slice(0, -1).map((_, depth) => names.slice(0, depth + 1).join('/'))
    const path = names.join('/')
    if (kinds.has(path) || above.some((directory) => kinds.get(directory) === 'file')) continue
    for (const directory of above) kinds.set(directory, 'directory')
    kinds.set(path, random.below(3) === 0 ? 'directory' : 'file')
  }
  return [...kinds].map(([path, kind]) => (kind === 'directory' ? `${path}/` : path))
}

const ROUNDS = 120
if (hasGit()) {
  test(`ignore rules as git reads them: ${ROUNDS} generated trees with nested files`, (t) => {
    t.timeout(5 * 60_000)
    let verdicts = 0
    let out = 0
    for (let seed = 1; seed <= ROUNDS; seed++) {
      const random = seededRandom(seed)
      const paths = pathsOf(random)
      const directories = paths.filter((path) => path.endsWith('/')).map((path) => path.slice(0, -1))
      const files: Record<string, string> = { '': textOf(random) }
      for (const directory of directories) if (random.below(3) === 0) files[directory] = textOf(random)
      const ours = new Set(paths.filter((path) => verdict(files, path) === 'out'))
      const theirs = ignoredByGit(files, paths)
      verdicts += paths.length
      out += ours.size
      t.deepEqual([...ours].sort(), [...theirs].sort(), `seed ${seed}: ${JSON.stringify(files)}`)
    }
    t.true(out > verdicts / 10 && out < verdicts, `${out} of ${verdicts}`)
    t.log(`${verdicts} verdicts, ${out} of them ignored`)
  })

  test('the table by hand says what git says', (t) => {
    t.timeout(5 * 60_000)
    for (const [title, rules, path] of ROWS) {
      // Two spellings of an accent are two names to git here, and its question mark is a byte.
      if (/accent|whole character/.test(title)) continue
      const files = typeof rules === 'string' ? { '': rules } : rules
      t.deepEqual([...ignoredByGit(files, [path])], verdict(files, path) === 'out' ? [path] : [], title)
    }
  })
} else {
  test.skip('ignore rules as git reads them: git is not installed here', (t) => t.pass())
}
