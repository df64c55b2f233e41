/** Entry of the thread of a local store. */

import { parentPort, workerData } from 'node:worker_threads'
import { folderStore } from '../shared/folder-store.js'
import { LateHasher } from '../shared/late-hasher.js'
import { StoreServer } from '../shared/store-server.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import type { StoreThreadData } from './store-thread-data.js'
import { syncDisk } from './sync-disk.js'
import { threadLine } from './thread-lines.js'
import { workerFolder } from './worker-folder.js'

if (parentPort === null) throw new Error('store-worker runs as a worker thread only')
const { root, workers, known, reserved } = workerData as StoreThreadData
const hasher = new LateHasher()
await hasher.load()
const disk = syncDisk()
const server = new StoreServer(threadLine(parentPort), setImmediate)
server.serve(
  folderStore({
    disk,
    root,
    random: systemRandom(),
    clock: systemClock(),
    ...workerFolder(disk, hasher, workers, 'own'),
    known,
    reserved: async () => reserved,
    lock: (own) => server.takeLock(own),
  }),
)
