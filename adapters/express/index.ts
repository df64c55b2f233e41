/** The public names of `tidemark/express`. */

export { ROUTES } from './routes.js'
export type { RouteInfo } from './routes.js'
export type { ServedPrincipal, SyncFrames } from './served.js'
export { syncRouter } from './sync-router.js'
export type { SyncRouter, SyncRouterOptions } from './sync-router.js'
