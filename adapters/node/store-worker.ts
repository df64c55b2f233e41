/** Entry of the thread of a local store. */

import { parentPort, workerData } from 'node:worker_threads'
import { folderStore } from '../shared/folder-store.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { NodeHasher } from './node-hasher.js'
import type { StoreThreadData } from './store-calls.js'
import { StoreServer } from './store-server.js'
import { syncDisk } from './sync-disk.js'
import { workerFolder } from './worker-folder.js'

if (parentPort === null) throw new Error('store-worker runs as a worker thread only')
const { root, workers, known, reserved } = workerData as StoreThreadData
const hasher = new NodeHasher()
await hasher.load()
const disk = syncDisk()
const server = new StoreServer(parentPort)
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
