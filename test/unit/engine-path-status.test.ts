/**
 * One path (INV-32): its state and the reasons behind it, from each cause; the two never contradict each other.
 */

import test, { type ExecutionContext } from 'ava'
import { type PathState, type Reason, type SyncEngineOptions, TidemarkError } from '../../src/index.js'
import { ROOT, stopped, type TestDevice, twoDevices } from './engine-world.js'
import { edited, live, type Met, noNetwork } from './path-status-world.js'

interface Cause {
  readonly title: string
  readonly path: string
  readonly state: PathState
  readonly codes: readonly string[]
  /** State of the root, when it is another one. */
  readonly root?: PathState
  readonly options?: Partial<SyncEngineOptions>
  readonly make: (met: Met) => Promise<void> | void
}

const causes: readonly Cause[] = [
  { title: 'nothing', path: 'dir/f', state: 'synced', codes: ['synced'], make: () => undefined },
  {
    title: 'a path nobody knows',
    path: 'dir/none',
    state: 'unknown',
    codes: ['no-such-path'],
    root: 'synced',
    make: () => undefined,
  },
  {
    title: 'a path that nobody knows because it is left out here',
    path: 'left/out',
    state: 'excluded',
    codes: ['excluded'],
    root: 'synced',
    options: { scope: { exclude: ['left'] } },
    make: () => undefined,
  },
  {
    title: 'an edit while the server is away',
    path: 'dir/f',
    state: 'pending',
    codes: ['offline', 'upload'],
    make: async (met) => {
      noNetwork(met)
      await edited(met)
    },
  },
  {
    title: 'another path than the edited one while the server is away',
    path: 'other',
    state: 'unknown',
    codes: ['offline'],
    root: 'pending',
    make: async (met) => {
      noNetwork(met)
      await edited(met)
    },
  },
  {
    title: 'a delete and a new directory while the server is away',
    path: 'dir',
    state: 'pending',
    codes: ['offline', 'below'],
    make: async (met) => {
      noNetwork(met)
      met.a.remove('dir/f')
      met.a.mkdir('dir/new')
      met.a.watcher.raise(['dir/f'])
      await met.world.pass(10_000)
    },
  },
  {
    title: 'a login that is worth nothing',
    path: 'dir/f',
    state: 'pending',
    codes: ['unauthorized', 'upload'],
    make: async (met) => {
      noNetwork(met, () => new TidemarkError('unauthorized', 'the token was revoked'))
      await edited(met)
    },
  },
  {
    title: 'a pause of the app, and an edit that was noted',
    path: 'dir/f',
    state: 'pending',
    codes: ['paused', 'looking'],
    make: async ({ world, a }) => {
      await world.run(a.engine.pause())
      a.write('dir/f', 'edited')
      a.watcher.raise(['dir/f'])
      await world.pass(10)
    },
  },
  {
    title: 'a root that is gone',
    path: 'dir/f',
    state: 'pending',
    codes: ['root', 'looking'],
    make: async ({ world, a }) => {
      a.volume.renameSync(ROOT, '/elsewhere')
      a.watcher.lose('all')
      await world.pass(10_000)
    },
  },
  {
    title: 'a guard',
    path: 'many/f1',
    state: 'pending',
    codes: ['guard', 'change-up'],
    make: async ({ world, a }) => {
      for (let at = 0; at < 14; at++) a.write(`many/f${at}`, String(at))
      a.watcher.lose('many')
      await world.pass(20_000)
      a.remove('many')
      a.mkdir('many')
      a.watcher.lose('many')
      await world.pass(20_000)
    },
  },
  {
    title: 'a symlink',
    path: 'dir/link',
    state: 'problem',
    codes: ['symlink'],
    make: async ({ world, a }) => {
      a.volume.symlinkSync('/x', `${ROOT}/dir/link`)
      a.watcher.raise(['dir/link'])
      await world.pass(10_000)
    },
  },
  {
    title: 'a directory above that cannot be listed',
    path: 'dir/f',
    state: 'unknown',
    codes: ['above'],
    root: 'problem',
    make: async ({ world, a }) => {
      a.onStep = ({ call, path }) => {
        if (call.startsWith('readdir') || call === 'list' || call === 'entries')
          if (path === `${ROOT}/dir`) throw Object.assign(new Error('EACCES'), { code: 'EACCES' })
      }
      a.watcher.raise(['dir/f'])
      await world.pass(10_000)
    },
  },
  {
    title: 'a conflict copy that is in step',
    path: 'dir/COPY',
    state: 'conflict',
    codes: ['conflict'],
    make: async ({ world, a, b }) => {
      await a.stop()
      a.write('dir/f', 'by A')
      b.write('dir/f', 'by B')
      await b.sync()
      await a.start()
      await world.pass(20_000)
    },
  },
  {
    title: 'content that waits to come down and has no room',
    path: 'dir/big',
    state: 'problem',
    codes: ['no-space', 'download', 'retry'],
    make: async ({ world, a, b }) => {
      b.write('dir/big', 'x'.repeat(1000))
      a.onStep = ({ call, path }) => {
        if (path.includes('/staging/') && call.startsWith('write'))
          throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      }
      await b.sync()
      await world.pass(10_000)
    },
  },
  {
    title: 'content that has no room, after its directory was listed again for another file',
    path: 'dir/big',
    state: 'problem',
    codes: ['no-space', 'download', 'retry'],
    make: async (met) => {
      const { world, a, b } = met
      b.write('dir/big', 'x'.repeat(1000))
      a.onStep = ({ call, path }) => {
        if (path.includes('/staging/') && call.startsWith('write'))
          throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      }
      await b.sync()
      await world.pass(10_000)
      await edited(met)
    },
  },
]

function copyIn(device: TestDevice): string {
  return Object.keys(device.tree()).find((path) => path.includes('(conflicted copy')) ?? ''
}

for (const { title, path: wanted, state, codes, root = state, options = {}, make } of causes) {
  test(`INV-32 ${title}: ${state}, because of ${codes.join(', ')}`, async (t) => {
    const met = await live(options)
    const { a, world } = met
    await make(met)
    const path = wanted === 'dir/COPY' ? copyIn(a) : wanted
    t.is(a.engine.statusOf(path).state, state)
    const reasons = await a.engine.why(path)
    t.deepEqual(
      reasons.map(({ code }) => code),
      codes as Reason['code'][],
    )
    t.is(a.engine.statusOf('').state, root)
    await agrees(t, a)
    a.onStep = () => undefined
    if (a.volume.existsSync('/elsewhere')) a.volume.renameSync('/elsewhere', ROOT)
    await world.run(a.engine.resume())
    await stopped(a)
  })
}

/** `synced` alone is the reason exactly where `synced` is the state; every reason is a sentence. */
async function agrees(t: ExecutionContext, { engine }: TestDevice): Promise<void> {
  for (const path of ['', 'dir', 'dir/f', 'dir/sub', 'dir/sub/g', 'other', 'none']) {
    const reasons = await engine.why(path)
    t.is(
      reasons.every(({ code }) => code === 'synced'),
      engine.statusOf(path).state === 'synced',
      path,
    )
    for (const { message } of reasons) t.regex(message, /^\S.*\.$/, path)
  }
}

test('INV-32 a directory speaks for what is in it, and not for what only begins with its name', async (t) => {
  const met = await live()
  const { a, world } = met
  noNetwork(met)
  a.write('directory/f', 'new')
  a.watcher.raise(['directory/f'])
  await world.pass(10_000)
  t.is(a.engine.statusOf('directory').state, 'pending')
  t.is(a.engine.statusOf('dir').state, 'unknown')
  a.onStep = () => undefined
  await stopped(a)
})

test('sizes stand with what waits to go up and to come down', async (t) => {
  const met = await live()
  const { a, b, world } = met
  noNetwork(met)
  await edited(met)
  t.like((await a.engine.why('dir/f')).at(-1), { code: 'upload', bytes: 6 })
  a.onStep = () => undefined
  await stopped(a)
  b.write('new', 'twelve bytes')
  await b.sync()
  t.deepEqual(await world.run(a.engine.why('new')), [
    { code: 'not-started', message: 'The engine does not run.', next: 'Call start(), or sync() for one run.' },
    { code: 'download', message: 'Content of 12 bytes waits to come down.', next: null, bytes: 12 },
  ])
  t.false('new' in a.tree(), 'why changes nothing')
})

test('an engine that does not run looks first, and says what it found', async (t) => {
  const { world, a } = await live()
  await stopped(a)
  t.is(a.engine.statusOf('dir/f').state, 'unknown')
  t.deepEqual(
    (await world.run(a.engine.why('dir/f'))).map(({ code }) => code),
    ['synced'],
  )
  a.write('dir/f', 'edited')
  noNetwork({ a })
  t.deepEqual(
    (await world.run(a.engine.why('dir/f'))).map(({ code }) => code),
    ['not-started', 'offline', 'upload'],
  )
})

test('what is no path is refused', async (t) => {
  const { a } = await twoDevices()
  for (const path of ['/dir', 'dir/', 'a//b', '..', 'a/./b']) {
    t.throws(() => a.engine.statusOf(path), { code: 'invalid' } as never, path)
    t.throws(() => a.engine.statuses(path), { code: 'invalid' } as never, path)
    await t.throwsAsync(a.engine.why(path), { code: 'invalid' } as never, path)
  }
})
