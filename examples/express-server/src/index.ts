/** The server as a module: for the command line's `serve`, and for apps that start one inside themselves. */

export { serverStores } from './stores.js'
export type { ServerStores } from './stores.js'
export { startServer } from './start-server.js'
export type { RunningServer, ServerOptions } from './start-server.js'
