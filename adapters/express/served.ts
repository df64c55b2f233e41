/** What the router needs of a sync server: frames in and out, tokens, hints. `SyncServer` is one. */

import type { Hint } from '../../src/index.js'

export interface ServedPrincipal {
  readonly user: string
  readonly device: string | null
}

export interface SyncFrames {
  /** Answers a frame with a frame, also where the answer is an error. */
  handle(
    frame: Uint8Array,
    principal: ServedPrincipal,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<Uint8Array>
  /** Null for a token that is not good now. */
  authenticate(token: string): Promise<ServedPrincipal | null>
  /** Hints of these workspaces of the principal, until undone. */
  subscribe(principal: ServedPrincipal, workspaces: readonly string[], onHint: (hint: Hint) => void): () => void
}
