/** The public names of `tidemark/server`: the server database and the server, without a framework. */

export type { Place, StreamingOptions } from './arrivals.js'
export type { Admit } from './context.js'
export type { Collected } from './collect-rules.js'
export type { Health } from './health.js'
export type { Maintained, MaintainOptions, MaintenanceOptions } from './maintenance.js'
export type { Observer, RequestEnd } from './observer.js'
export type { Principal } from './principal.js'
export type { QuotaOptions, Usage } from './quota.js'
export { remoteStore, type Committed, type RemoteStore, type RemoteStoreOptions } from './remote-store.js'
export { SyncServer, type SyncServerOptions } from './sync-server.js'
export type { Verified, VerifyProblem, VerifyProblemKind } from './verify.js'
export type { VerifiedWorkspace, VerifyOptions } from './verify-all.js'
