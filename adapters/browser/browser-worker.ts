/** Entry of the worker of a local store: the first message says which directory it is, all others are for the store. */

import type { FromThread, ToThread } from '../shared/store-calls.js'
import { StoreServer } from '../shared/store-server.js'
import { LateHasher } from '../shared/late-hasher.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { handleStore } from './handle-store.js'
import type { DirectoryHandle } from './handles.js'
import { type WorkerScope, workerLine } from './worker-line.js'

/** What the worker is started with. */
export interface StartMessage {
  readonly directory: DirectoryHandle
  /** Absolute path at which it is to stand, of one part. */
  readonly root: string
}

const scope = globalThis as unknown as WorkerScope & {
  removeEventListener(type: 'message', hear: (event: MessageEvent) => void): void
}

const start = async ({ data }: MessageEvent<StartMessage>): Promise<void> => {
  scope.removeEventListener('message', begin)
  const hasher = new LateHasher()
  await hasher.load()
  const server = new StoreServer(workerLine<ToThread, FromThread>(scope), (run) => queueMicrotask(run))
  const lock = (own: string): ReturnType<StoreServer['takeLock']> => server.takeLock(own)
  server.serve(handleStore({ ...data, hasher, clock: systemClock(), random: systemRandom(), lock }))
}
const begin = (event: MessageEvent<StartMessage>): void => void start(event)

scope.addEventListener('message', begin)
