/** What a folder still knows to be done after a power loss, once it was flushed (LOCAL-20, INV-09), on a disk that takes back all else. */

import test from 'ava'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { SimulatedDisk } from '../../adapters/simulation/simulated-disk.js'
import { type Digest, type LocalStore, portableHasher } from '../../src/index.js'

const TOKEN = 'a1'.repeat(16)

function storeOn(disk: SimulatedDisk): LocalStore {
  const describer = diskDescriber(disk, portableHasher())
  return folderStore({ disk, root: '/root', random: seededRandom(1), clock: virtualClock(), describer })
}

for (const kind of ['file', 'directory'] as const) {
  test(`INV-09 a ${kind} that was detached, attached and flushed does not lie in moving after a power loss`, async (t) => {
    const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
    disk.user.mkdir('/root/d')
    if (kind === 'file') disk.user.writeFile('/root/f', 'f')
    else disk.user.mkdir('/root/f')
    disk.writeBack()
    const store = storeOn(disk)
    await store.open()
    await store.flush(['f'])
    const found = await store.stat('f')
    if (found.state !== 'present') return t.fail('it stands there')
    const expected = { stamp: found.entry.stamp, content: kind === 'file' ? ('00'.repeat(32) as Digest) : null }
    t.is((await store.detachIf({ path: 'f', parent: null }, TOKEN, expected)).outcome, 'done')
    // By now the system wrote back, as it does by itself.
    disk.writeBack()
    t.is((await store.attach(TOKEN, { path: 'd/g', parent: null })).outcome, 'done')
    await store.flush(['d/g', 'd'])
    const after = disk.crash({ content: 'kept', names: 'lost' }, seededRandom(1))
    t.deepEqual(after.user.readdir('/root/.tidemark/moving'), [])
    t.deepEqual(after.user.readdir('/root/d'), ['g'])
  })
}

test('SEC-14 a staged file whose other name stands in the tree is not continued: what its user writes stays', async (t) => {
  const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
  disk.user.mkdir('/root')
  const store = storeOn(disk)
  await store.open()
  const first = await store.stage('s')
  await first.write(new TextEncoder().encode('brought'))
  await first.finish({ modifiedAt: 1, executable: false })
  t.is((await store.create('s', { path: 'f', parent: null })).outcome, 'done')
  // The power failed, and with it went the end of the staged name.
  disk.user.link('/root/f', '/root/.tidemark/staging/s')
  disk.user.writeFile('/root/f', 'edited by its user')
  const second = await store.stage('s', { resume: true })
  t.is(second.written, 0)
  await second.write(new TextEncoder().encode('brought again'))
  await second.suspend()
  t.is(new TextDecoder().decode(disk.user.readFile('/root/f')), 'edited by its user')
})
