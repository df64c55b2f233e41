/**
 * A real overflow of the kernel's queue of events (INV-15): the whole process of an engine stands still while more of them are
 * made than the queue holds. The kernel's word for it goes unheard by both backends, so the loss is silent; the periodic scan
 * finds it.
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { accountClient } from '../../adapters/node/index.js'
import { compareTrees } from '../tree-comparison.js'
import { PASSWORD } from './http-world.js'
import type { OverflowLine } from './overflow-child.js'
import { type RootWorld, rootWorld } from './root-world.js'

const PATIENCE_MS = 60_000
const LOOK_EVERY_MS = 20

/** Events the kernel keeps for one reader; null where there is no such queue. */
function queueLength(): number | null {
  try {
    return Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8'))
  } catch {
    return null
  }
}

/** Two files in turn: the kernel joins equal events that follow each other. */
function flood(root: string, events: number): void {
  const files = ['noise/a', 'noise/b'].map((path) => openSync(join(root, path), 'w'))
  for (let at = 0; at < events; at++) writeSync(files[at % 2] ?? 0, 'x', at >> 1)
  for (const file of files) closeSync(file)
}

async function until(isTrue: () => boolean, what: string): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; !isTrue(); await sleep(LOOK_EVERY_MS)) {
    if (performance.now() > end) throw new Error(`never: ${what}`)
  }
}

interface Watched {
  readonly child: ChildProcess
  readonly lines: OverflowLine[]
  readonly isSynced: () => boolean
}

async function watched(t: ExecutionContext, world: RootWorld, root: string, backend: string): Promise<Watched> {
  const account = accountClient({ url: world.http.url })
  const { token } = await account.register({ name: `user${t.title.length}`, password: PASSWORD, device: 'stopped' })
  await account.close()
  const args = ['--import', 'tsx', join(import.meta.dirname, 'overflow-child.ts'), root, world.http.url, token, backend]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const lines: OverflowLine[] = []
  let state: string | undefined
  createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as OverflowLine
    lines.push(line)
    state = line.state ?? state
  })
  return { child, lines, isSynced: () => state === 'synced' }
}

async function overflow(t: ExecutionContext, backend: string, length: number): Promise<void> {
  const world = await rootWorld(t)
  const [here, there] = [join(world.directory, 'here'), join(world.directory, 'there')]
  for (const path of ['quiet', 'noise', 'marks']) mkdirSync(join(here, path), { recursive: true })
  for (const path of ['quiet/f', 'noise/a', 'noise/b', 'marks/f']) writeFileSync(join(here, path), 'x')
  mkdirSync(there)
  const other = await world.engineOn(there)
  const { child, lines, isSynced } = await watched(t, world, here, backend)
  await other.start()
  const same = (): boolean =>
    isSynced() && other.status.state === 'synced' && compareTrees(here, there).differences.length === 0
  await until(same, 'both at rest')
  lines.length = 0
  child.kill('SIGSTOP')
  flood(here, 2 * length)
  writeFileSync(join(here, 'quiet/late'), 'lost to the watcher')
  child.kill('SIGCONT')
  const hinted = (): readonly string[] => lines.flatMap(({ paths, unknown }) => unknown ?? paths ?? [])
  // What comes after the flood was read is told again: so everything before it was told, or lost.
  for (let mark = 0; !hinted().some((path) => path.startsWith('marks')); mark++) {
    await sleep(LOOK_EVERY_MS)
    writeFileSync(join(here, 'marks/f'), `${mark}`)
    t.true(mark < PATIENCE_MS / LOOK_EVERY_MS, 'the watcher never came back')
  }
  t.deepEqual(
    [...new Set(hinted())].filter((path) => !/^(noise|marks)(\/|$)/.test(path)),
    [],
    'the loss is silent',
  )
  const scans = (): number => lines.filter(({ deepScan }) => deepScan !== undefined).length
  await until(() => same() && scans() > 0, 'the next scan')
  t.true(scans() <= 2, `${scans()} full scans; one finds it, and one may have run meanwhile`)
  t.is(readFileSync(join(there, 'quiet/late'), 'utf8'), 'lost to the watcher')
  t.deepEqual(other.status.problems, [])
}

const length = queueLength()
for (const backend of ['parcel', 'fs']) {
  const title = `INV-15: a real overflow of the kernel queue loses a hint, and the next periodic scan finds what it was about, watched by ${backend}`
  if (length === null || length > 200_000)
    test.skip(`${title} (capability: a queue of the kernel that can be filled)`, () => {})
  else
    test.serial(title, async (t) => {
      t.timeout(150_000)
      await overflow(t, backend, length)
    })
}
