/** What the router needs of a sync server: frames in and out, tokens, hints. */

import type { Principal, SyncServer } from '../../src/server/index.js'

/** As much of a `SyncServer` as the router needs. */
export type SyncFrames = Pick<SyncServer, 'handle' | 'authenticate' | 'subscribe'>
/** Who asks, as the server sees it. */
export type ServedPrincipal = Principal
