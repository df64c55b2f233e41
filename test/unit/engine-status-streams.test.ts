/** Directories roll up what stands below them, streams tell of what is new and lose no last state, and a look costs what differs (INV-32). */

import test from 'ava'
import { Dirty } from '../../src/engine/dirty.js'
import { pathStatus } from '../../src/engine/path-status.js'
import { reasonsFor } from '../../src/engine/reasons.js'
import { STOPPED } from '../../src/engine/status.js'
import { Trees } from '../../src/engine/trees.js'
import { type Digest, type Node, type NodeId, type PathStatus, ROOT_ID } from '../../src/index.js'
import { ROOT, stopped, twoDevices } from './engine-world.js'
import { edited, live, noNetwork } from './path-status-world.js'

test('a directory rolls up everything below it, with counts and problems; the gravest shows', async (t) => {
  const { world, a } = await live()
  noNetwork({ a })
  a.volume.symlinkSync('/x', `${ROOT}/dir/sub/link`)
  a.write('dir/f', 'edited')
  a.write('dir/sub/n1', '1')
  a.write('dir/sub/n2', '2')
  a.watcher.lose('many')
  await world.pass(4_000)
  const none = { problem: 0, held: 0, remnant: 0, conflict: 0, pending: 0, syncing: 0, excluded: 0 }
  const { problems, ...dir } = a.engine.statusOf('dir')
  t.deepEqual(dir, { path: 'dir', kind: 'directory', state: 'problem', below: { ...none, problem: 1, pending: 3 } })
  t.deepEqual(
    problems.map(({ path }) => path),
    ['dir/sub/link'],
  )
  t.deepEqual(a.engine.statusOf('dir/sub').below, { ...none, problem: 1, pending: 2 })
  t.deepEqual(a.engine.statusOf('').below, { ...none, problem: 1, pending: 3 })
  t.deepEqual(a.engine.statusOf('dir/f'), { path: 'dir/f', kind: 'file', state: 'pending', problems: [], below: null })
  a.onStep = () => undefined
  a.volume.unlinkSync(`${ROOT}/dir/sub/link`)
  a.watcher.lose('many')
  await world.pass(120_000)
  t.deepEqual(a.engine.statusOf(''), { path: '', kind: 'directory', state: 'synced', problems: [], below: none })
  await stopped(a)
})

// ---- streams

async function collect(stream: AsyncIterable<PathStatus>, into: string[]): Promise<void> {
  for await (const { state } of stream) into.push(state)
}

test('a stream yields the present state, each new one, the last before the stop, and ends', async (t) => {
  const { world, a } = await live()
  const [file, root, other]: string[][] = [[], [], []]
  const followed = [
    collect(a.engine.statuses('dir/f'), file ?? []),
    collect(a.engine.statuses(''), root ?? []),
    collect(a.engine.statuses('other'), other ?? []),
  ]
  await world.pass(10)
  a.write('dir/f', 'edited')
  a.watcher.raise(['dir/f'])
  await world.pass(10_000)
  await stopped(a)
  await world.run(Promise.all(followed))
  // the second look settles a stamp that was too young to prove anything
  t.deepEqual(file, ['synced', 'syncing', 'synced', 'syncing', 'synced', 'unknown'])
  t.deepEqual(
    root?.filter((state, at) => state !== root[at - 1]),
    ['synced', 'syncing', 'synced', 'syncing', 'synced', 'unknown'],
  )
  t.deepEqual(other, ['synced', 'unknown'], 'nothing of it is told but the end')
})

test('a slow reader holds one state, not a queue, and gets the last; abort and return end a stream', async (t) => {
  const { world, a } = await live()
  const stream = a.engine.statuses('dir/f')[Symbol.asyncIterator]()
  const next = async (): Promise<string> => ((await stream.next()) as IteratorYieldResult<PathStatus>).value.state
  t.is(await next(), 'synced')
  for (let at = 0; at < 50; at++) {
    a.write('dir/f', `edit ${at}`)
    a.watcher.raise(['dir/f'])
    await world.pass(3_000)
  }
  noNetwork({ a })
  await edited({ world, a })
  t.is(await next(), 'pending')
  await stream.return?.()
  t.true((await stream.next()).done)
  const abort = new AbortController()
  const seen: string[] = []
  const followed = collect(a.engine.statuses('other', { signal: abort.signal }), seen)
  await world.pass(10)
  abort.abort()
  await world.run(followed)
  t.deepEqual(seen, ['unknown'])
  a.onStep = () => undefined
  await stopped(a)
})

test('a stream opened before the start tells of the start', async (t) => {
  const { world, a } = await twoDevices()
  a.write('one', '1')
  const seen: string[] = []
  const followed = collect(a.engine.statuses('one'), seen)
  await world.pass(10)
  await a.start()
  await world.pass(10_000)
  await stopped(a)
  await world.run(followed)
  t.is(seen[0], 'unknown')
  t.is(seen.at(-2), 'synced')
  t.is(seen.at(-1), 'unknown')
})

test('INV-32 at every event of a busy day a path that says synced holds what the server holds', async (t) => {
  const { world, a, b } = await live()
  let seen = 0
  a.engine.on('status', () => {
    const root = a.engine.statusOf('')
    if (a.engine.status.state === 'synced')
      t.is(root.state, Object.keys(a.tree()).some((path) => path.includes('(conflicted')) ? 'conflict' : 'synced')
    if (root.state === 'synced') t.is(a.engine.status.pending, 0)
    seen += 1
  })
  for (let at = 0; at < 30; at++) {
    const device = world.random.below(2) === 0 ? a : b
    device.write(`dir/f${world.random.below(4)}`, `${device.name} ${at}`)
    if (device === b) await b.sync()
    else a.watcher.raise(['dir/f0'])
    await world.pass(world.random.below(2_000))
  }
  await world.pass(700_000)
  t.true(seen > 10)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
})

// ---- what it costs

/** Calls on the trees of a workspace of so many synced files, one of them edited, for one answer of each kind. */
function callsFor(files: number): readonly number[] {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  const id = (at: number): NodeId => at.toString(16).padStart(32, '0') as NodeId
  const stamp = { size: 1, mtimeNs: '0', ctimeNs: '0', fileId: null }
  const nodeOf = (at: number, kind: string, parentId: NodeId, name: string): Node => ({
    id: id(at),
    parentId,
    name,
    key: name,
    kind,
    content: kind === 'file' ? ('0'.repeat(64) as Digest) : null,
    size: 1,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  })
  const add = (node: Node): void => trees.setSynced(node.id, { node, sequence: 1, presence: 'present', stamp })
  add(nodeOf(1, 'directory', ROOT_ID, 'dir'))
  for (let at = 2; at < files; at++) add(nodeOf(at, 'file', id(1), `f${at}`))
  trees.setLocal(id(2), {
    node: { ...nodeOf(2, 'file', id(1), 'f2'), content: '1'.repeat(64) as Digest },
    stamp,
    provisional: false,
  })
  let calls = 0
  const counted = new Proxy(trees, {
    get: (target, name) => {
      calls += 1
      const found: unknown = Reflect.get(target, name, target)
      return typeof found === 'function' ? (found.bind(target) as unknown) : found
    },
  })
  const parts = {
    state: { trees: counted },
    troubles: { problems: new Map() },
    cycle: { lastPlan: null },
    mode: 'two-way',
    dirty: new Dirty(),
    withheld: new Set<NodeId>(),
    rules: { ignores: () => false },
  } as const
  const status = { ...STOPPED, state: 'syncing' } as const
  return ['', 'dir', 'dir/f2', 'dir/f3'].map((path) => {
    calls = 0
    pathStatus(parts, status, path)
    reasonsFor(parts, status, path)
    return calls
  })
}

test('the cost of an answer follows the change: as many calls on the trees at 20,000 files as at 20', (t) => {
  const [few, many] = [callsFor(20), callsFor(20_000)]
  t.deepEqual(many, few)
  for (const calls of few) t.true(calls > 0 && calls < 120, String(few))
})
