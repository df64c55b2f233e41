/** The public names of `tidemark/server`: the server database and the server, without a framework. */

export type { Admit } from './context.js'
export type { Collected } from './collect-rules.js'
export type { Maintained, MaintainOptions, MaintenanceOptions } from './maintenance.js'
export type { Principal } from './principal.js'
export { remoteStore, type Committed, type RemoteStore, type RemoteStoreOptions } from './remote-store.js'
export { SyncServer, type SyncServerOptions } from './sync-server.js'
