/** The public names of `tidemark/server`: the server database and the server, without a framework. */

export type { Admit } from './context.js'
export type { Principal } from './principal.js'
export { remoteStore, type Committed, type RemoteStore, type RemoteStoreOptions } from './remote-store.js'
export { SyncServer, type SyncServerOptions } from './sync-server.js'
