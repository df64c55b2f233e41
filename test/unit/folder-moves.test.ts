/** What a user does, and a disk refuses, in the moment in which a file has two names (LOCAL-17) or lies in the trash (INV-18). */

import test from 'ava'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import type { UserHands } from '../../adapters/simulation/user-hands.js'
import { type Digest, portableHasher } from '../../src/index.js'
import { treeOf } from './simulated-disk.table.js'

const ROWS: readonly {
  readonly deed: string
  /** Default: right after the second name was given. */
  readonly isBefore?: true
  readonly act: (user: UserHands) => void
  readonly names: readonly string[]
  readonly outcome: 'done' | 'moved'
}[] = [
  { deed: 'nothing', act: () => undefined, names: ['d/new'], outcome: 'done' },
  {
    deed: 'moves the new name',
    act: (user) => user.rename('/root/d/new', '/root/else'),
    names: ['else'],
    outcome: 'moved',
  },
  {
    deed: 'moves the directory of the new name',
    act: (user) => user.rename('/root/d', '/root/else'),
    names: ['else/new'],
    outcome: 'moved',
  },
  { deed: 'removes the new name', act: (user) => user.unlink('/root/d/new'), names: ['old'], outcome: 'moved' },
  {
    deed: 'moves the old name',
    act: (user) => user.rename('/root/old', '/root/else'),
    names: ['else'],
    outcome: 'moved',
  },
  {
    deed: 'puts another file in the old place just before',
    isBefore: true,
    act: (user) => {
      user.rename('/root/old', '/root/else')
      user.writeFile('/root/old', 'another')
    },
    names: ['else', 'old'],
    outcome: 'moved',
  },
]

async function folderWith(name: string) {
  const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
  disk.user.mkdir('/root')
  disk.user.writeFile(`/root/${name}`, 'content')
  const describer = diskDescriber(disk, portableHasher())
  const store = folderStore({ disk, root: '/root', random: seededRandom(1), clock: virtualClock(), describer })
  await store.open()
  const found = await store.stat(name)
  if (found.state !== 'present') throw new Error('it stands there')
  return { disk, store, expected: { stamp: found.entry.stamp, content: '00'.repeat(32) as Digest } }
}

for (const { deed, isBefore = false, act, names, outcome } of ROWS) {
  test(`LOCAL-17 a file has both names, and its user ${deed === 'nothing' ? 'does nothing' : deed}: one name is left`, async (t) => {
    const { disk, store, expected } = await folderWith('old')
    disk.user.mkdir('/root/d')
    let moment: 'comes' | 'is now' | 'is over' = 'comes'
    disk.before = (call) => {
      if (moment === 'comes' && call === 'link' && isBefore) moment = 'is now'
      if (moment === 'is now') {
        moment = 'is over'
        act(disk.user)
      }
      if (moment === 'comes' && call === 'link') moment = 'is now'
    }
    const result = await store.moveIf({ path: 'old', parent: null }, { path: 'd/new', parent: null }, expected)
    t.is(result.outcome, outcome)
    const files = treeOf(disk).filter((path) => !path.endsWith('/') && !path.includes('.tidemark'))
    t.deepEqual(
      files,
      names.map((name) => `/root/${name}`),
    )
    for (const file of files) t.is(disk.user.lstat(file).nlink, 1n)
    t.deepEqual(
      disk.user.readdir('/root/.tidemark/trash').filter((name) => name !== 'index.jsonl'),
      [],
    )
  })
}

const REFUSALS = [
  { code: 'ENOSPC', times: 1, names: 1n },
  { code: 'EIO', times: 1, names: 1n },
  { code: 'ENOSPC', times: Infinity, names: 2n },
] as const

for (const { code, times, names } of REFUSALS) {
  const often = times === 1 ? 'once' : 'always'
  test(`INV-18 a file edited while it was removed is back, and the trash cannot let go of it (${code}, ${often}): it counts as back`, async (t) => {
    const { disk, store, expected } = await folderWith('a')
    let refused = 0
    let isAway = false
    disk.before = (call, path) => {
      if (isAway) {
        isAway = false
        const [kept] = disk.user.readdir('/root/.tidemark/trash').filter((name) => name !== 'index.jsonl')
        disk.user.writeFile(`/root/.tidemark/trash/${kept}`, 'edited')
      }
      if (call === 'rename' && path === '/root/a') isAway = true
      if (call === 'unlink' && refused < times) {
        refused++
        throw Object.assign(new Error(code), { code })
      }
    }
    t.deepEqual(await store.removeIf({ path: 'a', parent: null }, expected), { outcome: 'moved' })
    t.true(refused > 0)
    t.is(disk.user.readText('/root/a'), 'edited')
    t.is(disk.user.lstat('/root/a').nlink, names)
  })
}
