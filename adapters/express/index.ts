/** The public names of `tidemark/express`. */

export { OPERATIONS_ROUTES, operationsRouter } from './operations-router.js'
export type { OperationsOptions } from './operations-router.js'
export { promMetrics } from './prom-metrics.js'
export type { PromMetrics } from './prom-metrics.js'
export { ROUTES } from './routes.js'
export type { RouteInfo } from './routes.js'
export type { ServedPrincipal, SyncFrames } from './served.js'
export { syncRouter } from './sync-router.js'
export type { SyncRouter, SyncRouterOptions } from './sync-router.js'
