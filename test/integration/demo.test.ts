import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { fault, interruptAt, momentsOf } from '../../scripts/prove-interrupt.js'

const DEMO = resolve(import.meta.dirname, '../../examples/cli/dist/demo/main.js')
const PATIENCE_MS = 110_000

interface Told {
  readonly good: boolean
  readonly scenes: readonly {
    readonly id: string
    readonly checks: readonly { readonly what: string; readonly holds: boolean; readonly found: string | number }[]
    readonly figures: Readonly<Record<string, number>>
  }[]
  readonly kept?: { readonly directory: string; readonly url: string }
}

/** The demo with a temporary directory of its own, so that whatever it leaves is seen. */
function startDemo(t: ExecutionContext, args: readonly string[]) {
  t.timeout(PATIENCE_MS)
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-demo-test-'))
  const child = spawn(process.execPath, [DEMO, ...args], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const document = new Promise<Told>((found) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (stdout.includes('\n') && stdout.startsWith('{')) found(JSON.parse(stdout) as Told)
    })
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    await ended
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })
  return { child, document, ended, left: () => readdirSync(directory) }
}

test.serial(
  'A1 the demo: a real tree, live edits, a conflict; every claim holds, and nothing is left behind',
  async (t) => {
    const demo = startDemo(t, ['--json'])
    const { code, stdout, stderr } = await demo.ended
    const { good, scenes } = JSON.parse(stdout) as Told
    const broken = scenes.flatMap(({ id, checks }) =>
      checks.filter(({ holds }) => !holds).map((check) => ({ id, ...check })),
    )
    t.deepEqual(broken, [])
    t.true(good)
    t.is(code, 0, stderr)
    t.deepEqual(
      scenes.map(({ id }) => id),
      ['first-sync', 'insert', 'rename', 'edit-while-moving', 'conflict', 'delete', 'nothing-changed'],
    )
    t.like(scenes[0]?.figures, { files: 132 })
    t.like(scenes[2]?.figures, { revisions: 1, content: 0 })
    t.like(scenes[6]?.figures, { requests: 1, filesOpened: 0 })
    t.deepEqual(demo.left(), [])
  },
)

test.serial('A1 --keep leaves server and folders up until Ctrl-C, which takes everything along', async (t) => {
  const demo = startDemo(t, ['--json', '--keep'])
  const { kept } = await demo.document
  t.is((await fetch(new URL('/healthz', kept?.url))).status, 200)
  t.true(readdirSync(join(kept?.directory ?? '', 'A')).includes('compiler'))
  demo.child.kill('SIGINT')
  t.is((await demo.ended).code, 130)
  t.deepEqual(demo.left(), [])
  await t.throwsAsync(fetch(new URL('/healthz', kept?.url)))
})

test.serial(
  'A1 interrupted at seeded moments: 130 within 5 s, no process and no file left (20 of them: npm run prove:interrupt)',
  async (t) => {
    t.timeout(PATIENCE_MS)
    for (const moment of momentsOf(7, 4)) t.is(fault(await interruptAt(moment)), null, `at ${moment} ms`)
  },
)

test('the demo knows its options', async (t) => {
  const { code, stderr } = await startDemo(t, ['--frobnicate']).ended
  t.is(code, 2)
  t.regex(stderr, /Known are --json and --keep/)
})
