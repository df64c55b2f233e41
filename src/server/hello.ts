/**
 * Device sessions. A device names the nonce of its last session and draws one for this: a nonce the server does not expect
 * means that two devices share one state (a clone, a restored disk). An answer that got lost never makes a clone.
 */

import type { MetadataWriter } from '../interfaces/metadata-store.js'
import type { HelloAnswer, HelloRequest } from '../protocol/messages.js'
import type { ServerContext } from './context.js'
import { readState } from './feed.js'
import type { Principal } from './principal.js'
import { findOrCreateWorkspace } from './workspaces.js'

async function admitDevice(writer: MetadataWriter, request: HelloRequest, now: number): Promise<HelloAnswer['device']> {
  const { last, next } = request.session
  const known = await writer.device(request.device)
  if (known !== null && known.nonce !== last && known.nonce !== next) return 'clone'
  await writer.putDevice({
    device: request.device,
    nonce: next,
    cursorSequence: request.cursor?.sequence ?? 0,
    witnessSequence: Math.max(request.witness?.sequence ?? 0, request.cursor?.sequence ?? 0),
    seenAt: now,
  })
  return known === null ? 'new' : 'known'
}

export async function hello(context: ServerContext, principal: Principal, request: HelloRequest): Promise<HelloAnswer> {
  const { metadata, clock } = context
  const workspace = await findOrCreateWorkspace(context, principal, request.workspace)
  return metadata.transact(workspace, async (writer) => {
    const { rule } = await writer.head()
    const device = await admitDevice(writer, request, clock.now())
    const state = await readState(writer, request.cursor, request.witness)
    return { type: 'hello', device, rule, state, deltas: true }
  })
}
