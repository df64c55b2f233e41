/**
 * The server's history is another one (restored, failed over, made anew): the synced tree loses what the server does
 * not confirm, and nothing is deleted (DESIGN 2 "diverged", INV-13). A synced attribute stays a base only where the
 * server's current value equals it; what the server lacks is offered again under its old id.
 */

import type { NodeId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { samePlacement } from '../model/node.js'
import type { Revision } from '../model/revision.js'
import type { EngineState } from './engine-state.js'
import { NO_PLACEMENT } from './results.js'
import type { Trees } from './trees.js'

export function unite(state: EngineState, live: ReadonlyMap<NodeId, Revision>): void {
  const { trees } = state
  for (const entry of [...state.outbox]) state.dropOutbox(entry)
  const known = new Set<NodeId>()
  for (const [id] of trees.syncedRows()) known.add(id)
  for (const id of trees.differing()) known.add(id)
  for (const id of known) {
    const revision = live.get(id)
    if (revision?.node == null) offerAgain(trees, id)
    else weaken(trees, id, revision, revision.node)
  }
  for (const [id, revision] of live) if (!known.has(id)) trees.setRemote(id, revision)
}

/** The server does not know the node: it is new, under its old id, if this disk has it. */
function offerAgain(trees: Trees, id: NodeId): void {
  trees.forget(id)
  trees.setRemote(id, null)
  const local = trees.localNode(id)
  if (local !== null) trees.setLocal(id, { ...local, provisional: true })
}

/** The server has the node: where its value is not the synced one, the base of that attribute is gone. */
function weaken(trees: Trees, id: NodeId, revision: Revision, remote: Node): void {
  const synced = trees.synced(id)
  const local = trees.localNode(id)
  if (synced === null || (local === null && synced.presence === 'present')) {
    trees.forget(id)
    return trees.setRemote(id, revision)
  }
  const base: Node = {
    ...synced.node,
    ...(samePlacement(synced.node, remote) ? {} : NO_PLACEMENT),
    ...(synced.node.content === remote.content ? {} : { content: null }),
    executable: local?.node.executable ?? synced.node.executable,
  }
  trees.setSynced(id, { ...synced, node: base })
  if (local !== null) trees.setLocal(id, local)
  trees.setRemote(id, revision)
}
