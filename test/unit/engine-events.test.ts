/** A18: what the events of a fixed scenario carry and in which order, as a file: a change of any shows in review. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { TidemarkError } from '../../src/index.js'
import { ROOT, stopped, twoDevices } from './engine-world.js'

/** Written anew under `TIDEMARK_WRITE_SNAPSHOT=1`. */
const FILE = join(import.meta.dirname, 'engine-events.snapshot.txt')
const EVENTS = ['status', 'progress', 'change', 'conflict', 'problem', 'guard', 'reset', 'error'] as const

/** The scenario, as lines: `#` begins a scene. */
async function told(): Promise<readonly string[]> {
  const { world, a, b } = await twoDevices()
  const told: string[] = []
  for (const event of EVENTS)
    a.engine.on(event, (payload: unknown) => {
      const data = payload instanceof TidemarkError ? payload.toJSON() : payload
      told.push(`${event} ${JSON.stringify(data)}`)
    })
  const scene = (title: string): void => void told.push(`# ${title}`)
  await quietScenes({ world, a, b }, scene)
  await loudScenes({ world, a }, scene)
  return told
}

type Scene = (title: string) => void

async function quietScenes({ world, a, b }: Awaited<ReturnType<typeof twoDevices>>, scene: Scene): Promise<void> {
  b.write('theirs', 'from B')
  for (let at = 0; at < 12; at++) a.write(`dir/f${at}`, `file ${at}`)
  await b.sync()
  scene('first sync')
  await a.start()
  await world.pass(10_000)
  scene('an edit here')
  a.write('mine', 'from A')
  a.watcher.raise(['mine'])
  await world.pass(10_000)
  scene('a conflict')
  await a.stop()
  b.write('theirs', 'edited by B')
  await b.sync()
  a.write('theirs', 'edited by A')
  await a.start()
  await world.pass(10_000)
  scene('a problem, and its end')
  a.volume.symlinkSync('/x', `${ROOT}/link`)
  a.watcher.raise(['link'])
  await world.pass(10_000)
  a.volume.unlinkSync(`${ROOT}/link`)
  a.watcher.raise(['link'])
  await world.pass(10_000)
}

async function loudScenes(
  { world, a }: Pick<Awaited<ReturnType<typeof twoDevices>>, 'world' | 'a'>,
  scene: Scene,
): Promise<void> {
  scene('a guard, confirmed')
  a.remove('dir')
  a.watcher.raise(['dir'])
  await world.pass(10_000)
  await world.run(a.engine.confirm('mass-delete:up'))
  await world.pass(10_000)
  scene('an error')
  a.onStep = ({ call }) => {
    if (call === 'commit') throw new TidemarkError('forbidden', 'as the test wants it', { subject: 'commit' })
  }
  a.write('mine', 'again')
  a.watcher.raise(['mine'])
  await world.pass(1_000)
  a.onStep = () => undefined
  await world.pass(60_000)
  scene('a pause')
  await world.run(a.engine.pause())
  await world.run(a.engine.resume())
  await world.pass(10_000)
  scene('another server behind the name')
  world.server = world.newServer()
  await world.server.server.open()
  a.write('mine', 'once more')
  a.watcher.raise(['mine'])
  await world.pass(120_000)
  scene('the end')
  await stopped(a)
}

/** Random ids and digests by the order in which they come. */
function named(lines: readonly string[]): readonly string[] {
  const names = new Map<string, string>()
  return lines.map((line) =>
    line.replace(/\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b/g, (hex) => {
      const name = names.get(hex) ?? `hex-${names.size + 1}`
      names.set(hex, name)
      return name
    }),
  )
}

test('A18 events of a first sync, a conflict, a problem, a guard, an error and a reset are as the file says', async (t) => {
  const lines = named(await told())
  const seen = new Set(lines.map((line) => line.split(' ')[0]))
  for (const event of EVENTS) t.true(seen.has(event), event)
  if (process.env['TIDEMARK_WRITE_SNAPSHOT'] === '1') writeFileSync(FILE, `${lines.join('\n')}\n`)
  t.deepEqual(lines, readFileSync(FILE, 'utf8').trimEnd().split('\n'))
})
