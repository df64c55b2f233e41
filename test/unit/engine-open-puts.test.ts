/**
 * A file was put in place, or given its new name, and the disk does not let it be looked at: nobody knows yet whether it
 * stands there (SPEC 5.5). Until the disk answers the server goes on; then the file is what it was when it was put there, and
 * what came after follows.
 */

import test from 'ava'
import { type TestDevice, twoDevices } from './engine-world.js'

const V1 = 'the first content'
const V2 = 'another content, and longer'

/** So that no delete is of everything. */
const OTHERS: Readonly<Record<string, string>> = { one: 'other', two: 'other', three: 'other' }

/** Every look at the file fails from the moment it has its name; the returned call ends that. */
function hidesOncePut(device: TestDevice, path: string): () => void {
  let isHidden = false
  device.onStep = ({ call, path: at }) => {
    if (call === 'link' && at.endsWith(`/${path}`)) isHidden = true
    else if (isHidden && at.endsWith(`/${path}`)) throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  return () => (device.onStep = () => undefined)
}

const ROWS: readonly {
  readonly meanwhile: string
  readonly deed: (a: TestDevice) => void
  readonly ends: Readonly<Record<string, string>>
}[] = [
  { meanwhile: 'nothing happens', deed: () => undefined, ends: { f: V1 } },
  { meanwhile: 'it is edited elsewhere', deed: (a) => a.write('f', V2), ends: { f: V2 } },
  { meanwhile: 'it is deleted elsewhere', deed: (a) => a.remove('f'), ends: {} },
  { meanwhile: 'it is moved elsewhere', deed: (a) => a.rename('f', 'g'), ends: { g: V1 } },
  {
    meanwhile: 'it is moved and edited elsewhere',
    deed: (a) => {
      a.rename('f', 'g')
      a.write('g', V2)
    },
    ends: { g: V2 },
  },
  {
    meanwhile: 'another takes its name elsewhere',
    deed: (a) => {
      a.rename('f', 'g')
      a.write('f', V2)
    },
    ends: { f: V2, g: V1 },
  },
]

for (const { meanwhile, deed, ends } of ROWS) {
  for (const looks of [1, 2]) {
    test(`INV-02 INV-04 a new file cannot be looked at once it is in place, ${meanwhile}, ${looks} runs later it can`, async (t) => {
      const { world, a, b } = await twoDevices()
      for (const path of Object.keys(OTHERS)) a.write(path, 'other')
      await world.converge(a, b)
      a.write('f', V1)
      await a.sync()
      const shows = hidesOncePut(b, 'f')
      await b.sync().catch(() => undefined)
      t.is(String(b.volume.readFileSync('/root/f')), V1)
      deed(a)
      await a.sync()
      for (let left = looks - 1; left > 0; left--) await b.sync().catch(() => undefined)
      shows()
      await world.converge(b, a)
      t.deepEqual(b.tree(), { ...OTHERS, ...ends })
      t.deepEqual(a.tree(), b.tree())
      t.deepEqual(b.own('staging'), [])
    })
  }
}

test('INV-04 a rename that comes leaves both names on a disk that fails, and an edit comes after it: no conflict copy', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const path of ['f', ...Object.keys(OTHERS)]) a.write(path, path)
  await world.converge(a, b)
  a.rename('f', 'g')
  a.write('g', V2)
  await a.sync()
  let isLinked = false
  b.onStep = ({ call, path }) => {
    if (call === 'link' && path.endsWith('/g')) isLinked = true
    else if (isLinked && call === 'rename') throw Object.assign(new Error('EIO'), { code: 'EIO' })
  }
  await t.throwsAsync(b.sync())
  t.deepEqual([b.tree()['f'], b.tree()['g']], ['f', 'f'])
  b.onStep = () => undefined
  await world.converge(b, a)
  t.deepEqual(b.tree(), { g: V2, one: 'one', two: 'two', three: 'three' })
  t.deepEqual(a.tree(), b.tree())
})

test('killed before any of many files is put in place: one look at everything tells of all of them', async (t) => {
  const { world, a, b } = await twoDevices()
  for (let at = 0; at < 40; at++) a.write(`f${at}`, `content ${at}`)
  await a.sync()
  b.onStep = ({ call, path }) => {
    if (call === 'link' && path.startsWith('/root/f')) b.kill()
  }
  b.sync().catch(() => undefined)
  for (let at = 0; at < 50; at++) await world.pass(1_000)
  b.restart()
  let looks = 0
  b.onStep = ({ call, path }) => {
    if (call === 'readdir' && path === '/root') looks += 1
  }
  await b.sync()
  t.is(looks, 2, 'one to recover, one to scan')
  await world.converge(a, b)
  t.deepEqual(b.tree(), a.tree())
})
