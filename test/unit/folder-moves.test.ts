/** A file that is moved has two names for a moment (LOCAL-17): what its user does to either of them in that moment. */

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
]

for (const { deed, act, names, outcome } of ROWS) {
  test(`LOCAL-17 a file has both names, and its user ${deed === 'nothing' ? 'does nothing' : deed}: one name is left`, async (t) => {
    const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
    disk.user.mkdir('/root/d')
    disk.user.writeFile('/root/old', 'content')
    const describer = diskDescriber(disk, portableHasher())
    const store = folderStore({ disk, root: '/root', random: seededRandom(1), clock: virtualClock(), describer })
    await store.open()
    const found = await store.stat('old')
    if (found.state !== 'present') return t.fail('it stands there')
    let isLinked = false
    disk.before = (call) => {
      if (isLinked) {
        isLinked = false
        act(disk.user)
      }
      if (call === 'link') isLinked = true
    }
    const expected = { stamp: found.entry.stamp, content: '00'.repeat(32) as Digest }
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
