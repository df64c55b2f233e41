/** What the router needs of a sync server: frames in and out, tokens, hints. */

import type { Principal, SyncServer } from '../../src/server/index.js'

export type SyncFrames = Pick<SyncServer, 'handle' | 'authenticate' | 'subscribe'>
export type ServedPrincipal = Principal
