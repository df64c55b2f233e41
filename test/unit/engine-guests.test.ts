/**
 * A directory that stands at another place for a moment and is back before anybody looks: what was written into it
 * meanwhile was hinted there only (INV-32).
 */

import test from 'ava'
import { ROOT, stopped, type TestDevice, twoDevices } from './engine-world.js'

interface Row {
  /** What happens before anybody looks, and the hints it raises, in order. */
  readonly deeds: (device: TestDevice) => void
  readonly hints: readonly string[]
  /** Directories that are there and listed because of them; a number where they are many. */
  readonly listed: readonly string[] | number
  /** All others get what was written. */
  readonly written: string | null
}

const there = (device: TestDevice): void => {
  device.mkdir('b/in')
  device.mkdir('other/deep')
  for (let at = 0; at < 5; at++) device.mkdir(`rest/${at}`)
}

const ROWS: Readonly<Record<string, Row>> = {
  'written into while away': {
    deeds: (device) => {
      device.rename('b', 'd')
      device.write('d/f', 'new')
      device.rename('d', 'b')
    },
    hints: ['b', 'd', 'd/f', 'd', 'b'],
    listed: ['', 'b', 'b/in'],
    written: 'b/f',
  },
  'written into a directory of the one that was away': {
    deeds: (device) => {
      device.rename('b', 'd')
      device.write('d/in/f', 'new')
      device.rename('d', 'b')
    },
    hints: ['b', 'd', 'd/in/f', 'd', 'b'],
    listed: ['', 'b', 'b/in'],
    written: 'b/in/f',
  },
  'away in another directory, by two moves': {
    deeds: (device) => {
      device.rename('b', 'd')
      device.rename('d', 'other/d')
      device.write('other/d/f', 'new')
      device.rename('other/d', 'b')
    },
    hints: ['b', 'd', 'd', 'other/d', 'other/d/f', 'other/d', 'b'],
    listed: ['', 'b', 'b/in', 'other'],
    written: 'b/f',
  },
  'with more names than are remembered: everything is looked at': {
    deeds: (device) => {
      device.rename('b', 'd')
      device.write('d/f', 'new')
      device.rename('d', 'b')
    },
    hints: ['b', 'd', ...Array.from({ length: 1_000 }, (_, at) => `other/no-${at}`), 'd/f', 'd', 'b'],
    listed: 11,
    written: 'b/f',
  },
  'a directory that was made and removed again costs no other look': {
    deeds: (device) => {
      device.write('d/f', 'new')
      device.remove('d')
    },
    hints: ['d', 'd/f', 'd/f', 'd'],
    listed: [''],
    written: null,
  },
}

for (const [title, { deeds, hints, listed, written }] of Object.entries(ROWS)) {
  test(`INV-32 ${title}`, async (t) => {
    const { world, a, b } = await twoDevices()
    there(a)
    await world.converge(a, b)
    await a.start()
    await world.pass(10_000)
    a.steps = []
    deeds(a)
    a.watcher.raise([...hints])
    await world.pass(300)
    const seen = a.steps.filter(({ call, path }) => call === 'readdir' && !path.includes('.tidemark'))
    const paths = [...new Set(seen.map(({ path }) => path.slice(ROOT.length + 1)))].sort()
    if (typeof listed === 'number') t.is(paths.length, listed)
    else t.deepEqual(paths, [...listed].sort())
    await world.pass(10_000)
    t.is(a.engine.status.state, 'synced')
    await stopped(a)
    await b.sync()
    t.deepEqual(b.tree(), a.tree())
    if (written !== null) t.is(b.tree()[written], 'new')
  })
}

test('INV-32 a look that failed loses no name: the next one finds the directory that was away', async (t) => {
  const { world, a, b } = await twoDevices()
  there(a)
  await world.converge(a, b)
  await a.start()
  await world.pass(10_000)
  a.rename('b', 'd')
  a.write('d/f', 'new')
  a.rename('d', 'b')
  let fails = 2
  a.onStep = ({ seam, call, path }) => {
    if (seam === 'disk' && call === 'lstat' && path === ROOT && fails-- > 0)
      throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  a.watcher.raise(['b', 'd', 'd/f', 'd', 'b'])
  await world.pass(300_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.is(b.tree()['b/f'], 'new')
})
