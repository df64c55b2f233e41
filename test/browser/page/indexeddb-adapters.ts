/** What stands on IndexedDB, over a real one: the client database, the disk, and the folder over that. */

import { indexedDbDisk } from '../../../adapters/browser/indexeddb-disk.js'
import { indexedDbStateStore } from '../../../adapters/browser/indexeddb-state-store.js'
import { POSIX_DISK } from '../../conformance/disk.suite.js'
import type { AdapterOf } from '../../conformance/suites.js'
import { BASE, folderSubject, ROOT } from './folder-subject.js'
import { bytesOf, deleteDatabases, freshName, raiseVersions, spoilRow } from './indexeddb-hands.js'

const stateStore = (durability: 'strict' | 'relaxed'): AdapterOf<'StateStore'> => ({
  name: `indexedDbStateStore, ${durability}`,
  capabilities: ['makeNewer', 'damage', 'bytes'],
  make: async () => {
    const name = freshName()
    return {
      store: () => indexedDbStateStore({ name, durability }),
      makeNewer: () => raiseVersions(name),
      damage: () => spoilRow(name, 'state'),
      bytes: () => bytesOf(name),
      dispose: () => deleteDatabases(name),
    }
  },
})

export const INDEXEDDB_STATES = [stateStore('relaxed'), stateStore('strict')]

export const INDEXEDDB_DISK: AdapterOf<'Disk'> = {
  name: 'indexedDbDisk',
  capabilities: POSIX_DISK.filter((capability) => capability !== 'symlink'),
  make: async () => {
    const name = freshName()
    const disk = indexedDbDisk({ name })
    return {
      disk,
      directory: '/root',
      dispose: async () => {
        disk.close()
        await deleteDatabases(name)
      },
    }
  },
}

export const INDEXEDDB_FOLDER: AdapterOf<'LocalStore'> = {
  name: 'folderStore on indexedDbDisk',
  capabilities: [
    'at',
    'beside',
    'bytes',
    'displaces',
    'exact-case',
    'file-ids',
    'hold',
    'links',
    'makeNewer',
    'modes',
    'own-directory',
    'times',
  ],
  make: async () => {
    const name = freshName()
    const disk = indexedDbDisk({ name })
    await disk.mkdir(BASE)
    await disk.mkdir(ROOT)
    return folderSubject({
      disk,
      bytes: () => bytesOf(name),
      dispose: async () => {
        disk.close()
        await deleteDatabases(name)
      },
    })
  },
}
