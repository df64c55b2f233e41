/** docs/performance.md says what the stored run says, and what the bench was asked for is understood or refused. */

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { benchArguments, Mistaken } from '../../scripts/bench/arguments.js'
import { pageOf, publish, storedRun } from '../../scripts/bench/published.js'
import { cleanRevision, type StoredRun } from '../../scripts/bench/stored-run.js'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = 'docs/performance.md'
const page = readFileSync(join(ROOT, PAGE), 'utf8')

test('C1 every table of docs/performance.md is what docs/performance.json gives, to the byte', (t) => {
  t.is(pageOf(page, storedRun(ROOT)), page)
})

test('C1 what is stored is whole: a commit, a machine, a load, every value of every cell', (t) => {
  const { revision, rounds, machine, load, measured } = storedRun(ROOT)
  t.regex(revision, /^[0-9a-f]{40}$/)
  t.true(machine.cores > 0 && load.before.length === 3 && load.after.length === 3)
  t.true(measured.length > 0)
  for (const one of measured) t.is(one.rounds.length, rounds, `${one.workload} ${one.contender}`)
})

const carried = (wallMs: number, bytes: number) => ({ wallMs, pushMs: null, hops: [bytes], requests: null })
const RUN: StoredRun = {
  date: '2026-01-02',
  revision: '0123456789abcdef0123456789abcdef01234567',
  seed: '1',
  rounds: 3,
  only: ['W4'],
  machine: { cpu: 'a processor', cores: 2, memoryGiB: 8, system: 'linux 6', fileSystem: null, node: 'v20.0.0' },
  load: { before: [0.1, 0.2, 0.3], after: [1, 2, 3] },
  peers: { rsync: 'rsync 3', unison: null, syncthing: null },
  measured: [
    { workload: 'W4', contender: 'ours', rounds: [carried(40, 1_500), carried(30, 1_600), carried(50, 1_400)] },
    { workload: 'W4', contender: 'rsync', rounds: [carried(400, 9_000), carried(300, 9_000), carried(20, 9_000)] },
  ],
  probes: [{ id: 'P12', title: 'a cold start', lines: ['it took a while'] }],
  outcomes: [{ id: 'P12', what: 'MiB', must: 150, goal: 80, value: 151, isMet: false }],
  micro: [{ what: 'a part', rounds: [10, 20, 30], amount: 5, unit: 'MiB' }],
}
const SHOWN: readonly (readonly [string, RegExp])[] = [
  [
    'the revision, the load and what was run',
    /revision 0123456789ab, 3 rounds[^]*only W4[^]*0\.1, 0\.2, 0\.3 before, 1, 2, 3 after/,
  ],
  ['a peer that is not installed', /unison: not installed/],
  [
    'a median with all its values, and their ratio',
    /W4 +\| wall +\| 40 ms \(40 ms · 30 ms · 50 ms\) +\| rsync +\| 300 ms \(400 ms · 300 ms · 20 ms\) +\| 0\.1333 +\| 0\.3 +\| 0\.05 +\| yes/,
  ],
  [
    'a count by itself',
    /P7 +\| W4 +\| bytes +\| 1,500 \(1,500 · 1,600 · 1,400\) +\| +\| +\| 1,500 +\| 2,048 +\| 700 +\| yes/,
  ],
  ['what was not run', /P1 +\| W1 +\| wall +\| +\| rsync +\| +\| not measured +\| 1\.6/],
  ['a probe that missed its target', /P12 +\| MiB +\| 151 +\| ≤ 150 +\| ≤ 80 +\| NO/],
  ['what a probe told of growth', /- P12, a cold start:\n {2}- it took a while/],
  ['a part, and what that is a second', /a part +\| 20 ms +\| 10 ms to 30 ms +\| 250 MiB/],
  ['where a peer is ahead: nowhere', /Nowhere in this run\./],
]
for (const [what, wanted] of SHOWN) test(`the page shows ${what}`, (t) => t.regex(pageOf(page, RUN), wanted))

test('the page shows where a peer is ahead, by how much', (t) => {
  const slow = RUN.measured.map((one) => (one.contender === 'ours' ? { ...one, rounds: [carried(900, 1_500)] } : one))
  t.regex(pageOf(page, { ...RUN, measured: slow }), /W4 +\| wall +\| rsync +\| 3 ×/)
})

test('a page with a part too few, or one that nobody writes, is not written', (t) => {
  t.throws(() => pageOf(page.replace('<!-- run: growth -->', ''), RUN), { message: /no place for growth/ })
  t.throws(() => pageOf(page.replace('run: growth', 'run: shrinking'), RUN), { message: /shrinking/ })
})

/** A repository of one commit, with a page in it. */
function repository(): { readonly root: string; readonly git: (...args: readonly string[]) => string } {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-publish-'))
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: 'pipe' })
  for (const name of ['src', 'docs']) mkdirSync(join(root, name))
  writeFileSync(join(root, 'src/a.ts'), 'export {}')
  writeFileSync(join(root, PAGE), page)
  git('init', '--quiet')
  git('add', '-A')
  git('-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '--quiet', '-m', 'one')
  return { root, git }
}

test('what is published is what is stored, and names a commit that holds all that was measured', (t) => {
  const { root, git } = repository()
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  const revision = git('rev-parse', 'HEAD').trim()
  t.is(cleanRevision(root), revision)
  publish(root, RUN)
  t.deepEqual(storedRun(root), RUN)
  t.is(readFileSync(join(root, PAGE), 'utf8'), pageOf(page, RUN))
  t.is(cleanRevision(root), revision, 'a page is not what is measured')
  writeFileSync(join(root, 'src/b.ts'), 'export {}')
  t.throws(() => cleanRevision(root), { instanceOf: Mistaken, message: /src\/b\.ts is in none: commit it first$/ })
})

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ['--rounds x', /^--rounds is a whole number from 1 to 1000, not x$/],
  ['--rounds 0', /^--rounds is a whole number/],
  ['--rounds 1.5', /^--rounds is a whole number/],
  ['--rounds', /^Option '--rounds <value>' argument missing$/],
  ['--unheard-of', /^Unknown option '--unheard-of'$/],
  ['--peers=yes', /^Option '--peers' does not take an argument$/],
  ['stray', /^Unexpected argument 'stray'/],
  ['--publish', /^--publish goes with --peers/],
  ['--publish --peers --against main', /^--publish does not go with --against/],
  ['--publish --peers --profile there', /^--publish does not go with --profile/],
]
for (const [args, message] of REFUSED)
  test(`the bench refuses in one line: ${args}`, (t) => {
    const { message: said } = t.throws(() => benchArguments(args.split(' ')), { instanceOf: Mistaken, message })
    t.false(said.includes('\n'))
  })

test('the bench ends with 2 and one line, no stack, where nothing is called so', (t) => {
  const bench = ['--import', 'tsx', join(ROOT, 'scripts/bench.ts'), '--only', 'nothing']
  const { status, stderr } = spawnSync(process.execPath, bench, { cwd: ROOT, encoding: 'utf8' })
  t.is(status, 2)
  t.regex(stderr, /^nothing is called nothing: W1, .*\n$/)
})
