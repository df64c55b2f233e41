/** The public names of `tidemark/node`. */

export * from './account-client.js'
export * from './argon2-passwords.js'
export type { HttpOptions, TokenSource } from './http-caller.js'
export type { HttpFetch, HttpInit, HttpResponse } from './http-fetch.js'
export type { HintTimes } from './http-hints.js'
export * from './http-transport.js'
export { nodeDisk } from './node-disk.js'
export * from './node-folder.js'
export * from './sqlite-state-store.js'
export { nodeWatcher, type NodeWatcherOptions } from './watcher.js'
export * from './wasm-hasher.js'
export { systemClock, systemRandom } from '../shared/system-clock.js'
