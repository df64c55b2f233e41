/**
 * A real overflow of the kernel's queue of events (INV-15): this thread makes more of them than the queue holds before it
 * reads one. The kernel's word for it goes unheard by `fs.watch`, so the loss is silent; the periodic scan finds it.
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { nodeWatcher } from '../../adapters/node/watcher.js'
import type { Watcher } from '../../src/index.js'
import { compareTrees } from '../tree-comparison.js'
import { fidelityWorld } from './fidelity-world.js'

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

const length = queueLength()
const title =
  'INV-15: a real overflow of the kernel queue loses a hint, and the next periodic scan finds what it was about'

if (length === null || length > 200_000)
  test.skip(`${title} (capability: a queue of the kernel that can be filled)`, () => {})
else
  test(title, async (t) => {
    t.timeout(150_000)
    const world = await fidelityWorld(t)
    const hinted: string[] = []
    const inner = nodeWatcher(join(world.directory, 'A'), { backend: 'fs' })
    const watcher: Watcher = {
      start: (events, options) =>
        inner.start(
          {
            onPaths: (paths) => {
              hinted.push(...paths)
              events.onPaths(paths)
            },
            onUnknown: (reason) => {
              hinted.push(`unknown: ${reason}`)
              events.onUnknown(reason)
            },
          },
          options,
        ),
      stop: () => inner.stop(),
    }
    const a = await world.real('A', { workers: 0 }, { watcher, scanEveryMs: 5_000 })
    const b = await world.real('B', { workers: 0 })
    for (const path of ['quiet/f', 'noise/a', 'noise/b', 'marks/f']) a.hands.write(path, 'x')
    await Promise.all([a.engine.start(), b.engine.start()])
    const same = (): boolean =>
      a.engine.status.state === 'synced' &&
      b.engine.status.state === 'synced' &&
      compareTrees(a.source, b.source).differences.length === 0
    await until(same, 'both at rest')
    hinted.length = 0
    const scans = a.deepScans.length
    flood(a.root, 2 * length)
    a.hands.write('quiet/late', 'lost to the watcher')
    // What comes after the flood was read is told again: so everything before it was told, or lost.
    for (let mark = 0; !hinted.some((path) => path.startsWith('marks')); mark++) {
      await sleep(LOOK_EVERY_MS)
      a.hands.write('marks/f', `${mark}`)
      t.true(mark < PATIENCE_MS / LOOK_EVERY_MS, 'the watcher never came back')
    }
    t.deepEqual(
      hinted.filter((path) => path.startsWith('quiet') || path.startsWith('unknown')),
      [],
    )
    await until(() => same() && a.deepScans.length > scans, 'the next scan')
    t.is(b.hands.read('quiet/late'), 'lost to the watcher')
    t.deepEqual([a.engine.status.problems, a.conflicts, b.conflicts], [[], [], []])
  })
