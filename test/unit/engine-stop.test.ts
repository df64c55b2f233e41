/**
 * Ends in the middle (INV-08, INV-09): a scenario is stopped, cut off or failed at each of its steps in turn. Whatever
 * was going on, the next engine converges, nothing is lost or doubled, and nothing of ours is left lying about.
 */

import test, { type ExecutionContext } from 'ava'
import { editElsewhere } from './engine-apply-world.js'
import { EngineWorld, offline, ROOT, type Step, type TestDevice, twoDevices } from './engine-world.js'

/** One device has edits of its own and the other's to take: creates, replaces, swaps, removes, a conflict, both ways. */
async function scenario(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  for (const path of ['edited', 'removed', 'swap1', 'swap2', 'both', 'dir/inside', 'old/x', 'moved'])
    a.write(path, `${path} 0`)
  await world.converge(a, b)
  editElsewhere(b)
  b.write('empty', '')
  await b.sync()
  a.write('both', 'both by A')
  a.write('mine', 'new by A')
  await world.pass(5_000)
  a.steps = []
  return { world, a, b }
}

/** Every content that must be somewhere in the end, and how the trees look without the conflict copy. */
const CONTENTS = [
  '',
  'both by A',
  'both by B',
  'dir/inside 0',
  'edited by B',
  'moved 0',
  'new by A',
  'new by B',
  'old/x 0',
  'swap1 0',
  'swap2 0',
]
const PATHS = [
  'both',
  'dir/',
  'dir/inside*',
  'dir/moved',
  'dir/old/',
  'dir/old/x',
  'edited',
  'empty',
  'mine',
  'new/',
  'new/file',
  'swap1',
  'swap2',
]

async function judge(
  t: ExecutionContext,
  { world, a, b }: Awaited<ReturnType<typeof scenario>>,
  at: string,
): Promise<void> {
  await world.converge(a, b)
  const tree = a.tree()
  t.deepEqual(b.tree(), tree, at)
  const paths = Object.keys(tree)
  const copies = paths.filter((path) => path.includes('(conflicted copy'))
  t.is(copies.length, 1, `${at}: ${paths.join()}`)
  t.deepEqual(
    paths.filter((path) => !copies.includes(path)),
    PATHS,
    at,
  )
  t.deepEqual(
    paths
      .filter((path) => !path.endsWith('/'))
      .map((path) => tree[path])
      .sort(),
    CONTENTS,
    at,
  )
  for (const device of [a, b]) {
    t.deepEqual(device.own('staging'), [], at)
    t.deepEqual(device.own('moving'), [], at)
  }
  t.is((await a.sync()).requests, 1, at)
}

/** Lets virtual time pass until the run has ended, or is dead. */
async function ended(world: EngineWorld, run: Promise<unknown>, isDead: () => boolean): Promise<void> {
  let over = false
  const done = (): void => void (over = true)
  run.then(done, done)
  for (let at = 0; at < 10_000 && !over && !isDead(); at++) await world.pass(500)
}

/** Runs the scenario once for each k below the number of its steps, with something that happens before the k-th. */
async function sweep(
  t: ExecutionContext,
  which: (step: Step) => boolean,
  strike: (device: TestDevice) => 'goes on' | 'is dead' | 'fails',
  stride: number,
): Promise<number> {
  let struck = 0
  for (let k = 0; ; k += stride) {
    const met = await scenario()
    const { world, a } = met
    let count = 0
    let dead = false
    let hit: Step | null = null
    a.onStep = (step) => {
      if (!which(step) || count++ !== k) return
      hit = step
      const outcome = strike(a)
      if (outcome === 'is dead') dead = true
      if (outcome === 'fails') throw failureOf(step)
    }
    await ended(world, a.engine.sync(), () => dead)
    if (hit === null) return struck
    struck += 1
    const { seam, call, path }: Step = hit
    if (dead) a.restart()
    a.onStep = () => undefined
    await judge(t, met, `step ${k}: ${seam} ${call} ${path.slice(ROOT.length)}`)
  }
}

function failureOf(step: Step): Error {
  if (step.seam === 'network') return offline()
  return Object.assign(new Error(`EIO: ${step.call}`), { code: 'EIO' })
}

const every = (): boolean => true

test('INV-09 killed before any step: the next engine converges, nothing stray', async (t) => {
  t.timeout(120_000)
  t.true((await sweep(t, every, (device) => (device.kill(), 'is dead'), 1)) > 150)
})

test('INV-09 stopped at every fourth step: the next engine converges, nothing stray', async (t) => {
  t.timeout(120_000)
  const strike = (device: TestDevice): 'goes on' => {
    void device.engine.stop()
    return 'goes on'
  }
  t.true((await sweep(t, every, strike, 4)) > 50)
})

test('INV-25 any request fails once: it is asked again, nothing is doubled', async (t) => {
  t.timeout(120_000)
  t.true(
    (await sweep(
      t,
      ({ seam }) => seam === 'network',
      () => 'fails',
      1,
    )) >= 5,
  )
})

test('INV-25 any call of the disk fails once: the next run converges, nothing stray', async (t) => {
  t.timeout(120_000)
  t.true(
    (await sweep(
      t,
      ({ seam }) => seam === 'disk',
      () => 'fails',
      1,
    )) > 100,
  )
})

for (const [title, damaged, isTouched] of [
  ['zeros', (content: Uint8Array) => new Uint8Array(content.length), false],
  ['zeros, which their user touches,', (content: Uint8Array) => new Uint8Array(content.length), true],
  ['a prefix', (content: Uint8Array) => content.slice(0, content.length - 2), false],
  ['nothing', () => new Uint8Array(0), false],
] as const) {
  test(`INV-08 a crash that leaves ${title} of what was put in place: never published, brought again`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b] = [world.device('A'), world.device('B')]
    a.write('replaced', 'old content')
    await world.converge(a, b)
    a.write('replaced', 'new content')
    a.write('created', 'first content')
    await a.sync()
    // before the directory is flushed: both files stand at their places, no result is durable yet
    b.onStep = ({ call, path }) => {
      const placed = b.tree()['created'] === 'first content' && b.tree()['replaced'] === 'new content'
      if (placed && (call === 'sync' || call === 'syncDirectory') && !path.includes('.tidemark')) b.kill()
    }
    await ended(world, b.engine.sync(), () => b.steps.length > 0 && b.tree()['created'] === 'first content')
    await world.pass(2_000)
    t.is(b.tree()['created'], 'first content')
    for (const path of ['replaced', 'created']) {
      const modified = await b.modified(path)
      b.volume.writeFileSync(`${ROOT}/${path}`, damaged(b.bytes(path)))
      await b.setModified(path, isTouched ? modified + 60_000 : modified)
    }
    b.restart()
    await world.converge(b, a)
    t.deepEqual(b.tree(), { created: 'first content', replaced: 'new content' })
    t.deepEqual(a.tree(), b.tree(), 'the damage went nowhere')
  })
}

test('INV-09 a staged file that a power loss brought back goes, though nothing is to be downloaded', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'content')
  await a.sync()
  let staged: readonly string[] = []
  b.onStep = ({ call, path }) => {
    if (call === 'link' && path === `${ROOT}/f`) staged = b.own('staging')
  }
  await b.sync()
  await b.start()
  await world.pass(10_000)
  let saves = 0
  b.onStep = ({ seam }) => {
    // The first one is of what was seen, the next would be of what is sent.
    if (seam === 'state' && ++saves === 2) b.kill()
  }
  b.rename('f', 'g')
  b.watcher.raise(['f', 'g'])
  await world.pass(10_000)
  // The disk forgets the user's move, and that the staged name was removed when its file was in place.
  b.restart()
  b.rename('g', 'f')
  for (const name of staged) b.volume.linkSync(`${ROOT}/f`, `${ROOT}/.tidemark/staging/${name}`)
  t.is(b.own('staging').length, 1)
  await b.sync()
  t.deepEqual(b.tree(), { f: 'content' })
  t.deepEqual(b.own('staging'), [])
})

test('INV-09 a disk that does not let the name in moving go: the file is in its place, and the name goes later', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('x', 'the first')
  a.write('y', 'the second')
  await world.converge(a, b)
  a.rename('x', 'swap')
  a.rename('y', 'x')
  a.rename('swap', 'y')
  await a.sync()
  b.onStep = ({ call, path }) => {
    if (call === 'unlink' && path.includes('/moving/')) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  await b.sync()
  t.deepEqual(b.tree(), { x: 'the second', y: 'the first' })
  t.true(b.own('moving').length > 0, 'by a second name')
  await b.stop()
  b.restart()
  await b.sync()
  t.deepEqual(b.tree(), { x: 'the second', y: 'the first' })
  t.deepEqual(b.own('moving'), [])
})
