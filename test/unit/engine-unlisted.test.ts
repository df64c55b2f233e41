/** Directories that could not be listed: what is below them is in doubt, until something says what became of it (INV-25). */

import test from 'ava'
import { ROOT, stopped, type TestDevice, twoDevices } from './engine-world.js'

/** Two devices with what the first one made, in step; the first one is live. */
async function watching(make: (device: TestDevice) => void): ReturnType<typeof twoDevices> {
  const found = await twoDevices()
  make(found.a)
  await found.world.converge(found.a, found.b)
  await found.a.start()
  await found.world.pass(10_000)
  return found
}

test('INV-04 a directory that could not be listed is replaced by a file: its user gets no conflict copy', async (t) => {
  const { world, a, b } = await watching((device) => device.write('d/e/f', 'below'))
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === `${ROOT}/d/e`) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.raise(['d/e/f'])
  await world.pass(5_000)
  t.deepEqual(
    a.engine.status.problems.map(({ path }) => path),
    ['d/e'],
    'nobody knows what is in it',
  )
  a.onStep = () => undefined
  a.remove('d')
  a.write('d', 'a file now')
  a.watcher.raise(['d'])
  await world.pass(10_000)
  await stopped(a)
  await world.converge(b, a)
  t.deepEqual(a.tree(), { d: 'a file now' })
  t.deepEqual(b.tree(), a.tree())
})

test('INV-32 a directory that could not be listed stays a problem when the one above it is listed again', async (t) => {
  const { world, a, b } = await watching((device) => device.write('d/e/f', 'below'))
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === `${ROOT}/d/e`) throw Object.assign(new Error('no'), { code: 'EBUSY' })
  }
  a.write('d/e/g', 'new')
  a.watcher.raise(['d/e/g'])
  await world.pass(5_000)
  a.onStep = () => undefined
  a.write('d/h', 'beside')
  a.watcher.raise(['d/h'])
  await world.pass(5_000)
  t.not(a.engine.status.state, 'synced', 'nobody has seen d/e/g')
  await world.pass(60_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { 'd/': '', 'd/e/': '', 'd/e/f': 'below', 'd/e/g': 'new', 'd/h': 'beside' })
})

test('INV-32 a directory moved into one that could not be looked at: not synced before it was seen there', async (t) => {
  const { world, a, b } = await watching((device) => {
    device.write('d/f', 'below')
    device.mkdir('g')
  })
  a.rename('d', 'g/h')
  a.onStep = ({ call, path }) => {
    if (call !== 'lstat' || path !== `${ROOT}/g`) return
    a.onStep = () => undefined
    throw Object.assign(new Error('no'), { code: 'EBUSY' })
  }
  a.watcher.raise(['d', 'g/h'])
  await world.pass(5_000)
  t.not(a.engine.status.state, 'synced', 'nobody has seen what is in g')
  await world.pass(70_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { 'g/': '', 'g/h/': '', 'g/h/f': 'below' })
})

test('INV-32 a look at everything that could not look into a directory is made again, once that can be looked at', async (t) => {
  const { world, a, b } = await watching((device) => device.write('d/e/f', 'below'))
  // Nobody tells of it, and the look at everything that would find it finds its way barred.
  a.write('d/e/g', 'new')
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === `${ROOT}/d`) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.lose('many')
  await world.pass(5_000)
  t.not(a.engine.status.state, 'synced')
  a.onStep = () => undefined
  a.watcher.raise(['d/other'])
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { 'd/': '', 'd/e/': '', 'd/e/f': 'below', 'd/e/g': 'new' })
})

test('INV-32 INV-03 a directory moved into one that was listed while the root could not be: it is seen there, not deleted', async (t) => {
  const { world, a, b } = await watching((device) => {
    device.write('d/f', 'below')
    device.mkdir('g')
  })
  a.rename('d', 'g/h')
  let broken = true
  a.onStep = ({ call, path }) => {
    if (broken && call === 'readdir' && path === ROOT) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.raise(['d', 'g/h'])
  await world.pass(2_000)
  t.not(a.engine.status.state, 'synced', 'nobody knows where d is')
  broken = false
  a.watcher.raise(['x'])
  await world.pass(2_000)
  t.not(a.engine.status.state, 'synced', 'nobody has seen what is in g')
  await world.pass(70_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { 'g/': '', 'g/h/': '', 'g/h/f': 'below' })
})

test('INV-32 a directory that could not be listed while the root could not be either: not synced before it was', async (t) => {
  const { world, a, b } = await watching((device) => {
    device.write('f', 'wandering')
    device.mkdir('g')
  })
  a.rename('f', 'g/f')
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && [ROOT, `${ROOT}/g`].includes(path)) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.raise(['f', 'g/f'])
  await world.pass(2_000)
  a.onStep = () => undefined
  a.write('h', 'beside')
  a.watcher.raise(['h'])
  await world.pass(2_000)
  t.not(a.engine.status.state, 'synced', 'nobody has seen what is in g')
  await world.pass(70_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { 'g/': '', 'g/f': 'wandering', h: 'beside' })
})

test('INV-32 a directory that could not be listed is moved by the engine: it is listed there', async (t) => {
  const { world, a, b } = await watching((device) => {
    device.write('d/e/in/old', 'below')
    device.write('f', 'wandering')
  })
  a.rename('f', 'd/e/f')
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === `${ROOT}/d/e`) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.raise(['d/e/f'])
  await world.pass(2_000)
  a.onStep = () => undefined
  b.rename('d', 'g')
  await b.sync()
  a.watcher.raise(['other'])
  await world.pass(1_000)
  t.deepEqual(Object.keys(a.tree()), ['g/', 'g/e/', 'g/e/f', 'g/e/in/', 'g/e/in/old'])
  // Told under the old name: everything on the way to it is found gone.
  a.watcher.raise(['d/e/in/x'])
  await world.pass(70_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), a.tree())
})

test('INV-03 a directory is moved, and the look into it fails: it is the same one, and nothing of it was deleted', async (t) => {
  const { world, a, b } = await watching((device) => device.write('d/f', 'below'))
  a.onStep = ({ call, path }) => {
    if (call === 'lstat' && path.startsWith(`${ROOT}/e/`)) throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.requests = []
  a.rename('d', 'e')
  a.watcher.raise(['d', 'e'])
  await world.pass(5_000)
  a.onStep = () => undefined
  await world.pass(60_000)
  await stopped(a)
  const changes = a.requests.flatMap(({ request }) => (request.type === 'commit' ? request.groups.flat() : []))
  t.deepEqual(
    changes.map(({ type }) => type),
    ['update'],
  )
  await world.converge(b, a)
  t.deepEqual(b.tree(), { 'e/': '', 'e/f': 'below' })
  t.deepEqual(a.tree(), b.tree())
})

for (const unlisted of ['g/in', 'g']) {
  test(`INV-03 a directory deleted elsewhere is moved to g/in, and ${unlisted} cannot be listed: once it is seen there it goes, and does not come back everywhere`, async (t) => {
    const { world, a, b } = await watching((device) => {
      device.write('d/f', 'below')
      device.mkdir('g/in')
    })
    const fails = (isAt: (call: string, path: string) => boolean): void => {
      a.onStep = ({ call, path }) => {
        if (isAt(call, path)) throw Object.assign(new Error('no'), { code: 'EIO' })
      }
    }
    fails((call, path) => call === 'rename' && path.startsWith(`${ROOT}/d`))
    b.remove('d')
    await b.sync()
    await world.pass(5_000)
    t.true('d/f' in a.tree(), 'it was heard of, and could not be removed')
    fails((call, path) => call === 'readdir' && path === `${ROOT}/${unlisted}`)
    a.rename('d', 'g/in/h')
    a.watcher.raise(['d', 'g/in/h'])
    await world.pass(70_000)
    t.not(a.engine.status.state, 'synced', 'nobody has seen it')
    a.onStep = () => undefined
    a.watcher.raise(['g/y'])
    await world.pass(70_000)
    t.is(a.engine.status.state, 'synced')
    await stopped(a)
    await b.sync()
    t.deepEqual(b.tree(), { 'g/': '', 'g/in/': '' })
    t.deepEqual(a.tree(), b.tree())
  })
}

const HIDES = [
  ['the new name cannot be looked at', 'lstat', `${ROOT}/g/h`],
  ['the directory above it cannot be listed', 'readdir', `${ROOT}/g`],
] as const
const HINTS = [
  ['told of it', (device: TestDevice): void => device.watcher.raise(['d', 'g/h'])],
  ['told of nothing', (device: TestDevice): void => device.watcher.lose('many')],
] as const

for (const [place, fails, where] of HIDES) {
  for (const [told, hint] of HINTS) {
    test(`INV-03 a directory is moved, ${place}, ${told}: it is the same one, and nothing of it was deleted`, async (t) => {
      const { world, a, b } = await watching((device) => {
        device.write('d/f', 'below')
        device.mkdir('g')
      })
      a.onStep = ({ call, path }) => {
        if (call === fails && path === where) throw Object.assign(new Error('no'), { code: 'EIO' })
      }
      a.requests = []
      a.rename('d', 'g/h')
      hint(a)
      await world.pass(30_000)
      a.onStep = () => undefined
      await world.pass(70_000)
      t.is(a.engine.status.state, 'synced')
      await stopped(a)
      const changes = a.requests.flatMap(({ request }) => (request.type === 'commit' ? request.groups.flat() : []))
      t.deepEqual(
        changes.map(({ type }) => type),
        ['update'],
      )
      await b.sync()
      t.deepEqual(b.tree(), { 'g/': '', 'g/h/': '', 'g/h/f': 'below' })
    })
  }
}

test('INV-35 a place that can never be looked at holds a delete up for two retries, and a single run not at all', async (t) => {
  const { world, a, b } = await watching((device) => {
    for (const name of ['d', 'e', 'f']) device.write(name, name)
    device.mkdir('g')
  })
  a.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === `${ROOT}/g`) throw Object.assign(new Error('no'), { code: 'EACCES' })
  }
  a.watcher.raise(['g/x'])
  await world.pass(5_000)
  a.remove('d')
  a.watcher.raise(['d'])
  await world.pass(30_000)
  await b.sync()
  t.true('d' in b.tree(), 'it may have been moved to g')
  await world.pass(40_000)
  await b.sync()
  t.true('d' in b.tree(), 'one retry saw no more than before')
  await world.pass(60_000)
  await b.sync()
  t.false('d' in b.tree(), 'it was waited for')
  a.remove('e')
  a.watcher.raise(['e'])
  await world.pass(5_000)
  await b.sync()
  t.false('e' in b.tree(), 'it is known by now that g does not heal')
  await stopped(a)
  a.remove('f')
  await a.sync()
  await b.sync()
  t.false('f' in b.tree(), 'nobody would look again')
})
