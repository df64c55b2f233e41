/** What the answer to a change makes of the trees: only results enter the synced tree (DESIGN 3.7). It sends nothing. */

import type { Change, ChangeResult, CreateChange, RefusedChange } from '../model/change.js'
import type { NodeId, Sequence } from '../model/ids.js'
import { keyOf, type Node } from '../model/node.js'
import type { ChangeObservation } from '../model/plan.js'
import type { Revision } from '../model/revision.js'
import type { Dirty } from './dirty.js'
import type { EngineState } from './engine-state.js'
import { takeRevision } from './feed.js'
import { unagreed } from './results.js'
import { contentOf } from './upload.js'

export interface ResultParts {
  readonly state: EngineState
  readonly dirty: Dirty
  /** Told of each refusal a person must know of (quota, rights, depth). */
  readonly onRefused: (id: NodeId, result: RefusedChange) => void
}

/** Of a change that was accepted, maybe long ago. */
export interface AcceptedParts extends ResultParts {
  /** Up to here the history was known when it was first sent: no honest server accepted it below. */
  readonly sentAt: Sequence
}

export function takeRefusal(parts: ResultParts, change: Change, result: ChangeResult, refused: Set<NodeId>): void {
  refused.add(change.id)
  if (result.verdict !== 'refused') return
  if (result.current !== null) takeRevision(parts.state, result.current)
  else if (change.type !== 'create' && result.culprit === change.id) forgetUnknown(parts, change.id)
  if (result.holder !== undefined) takeRevision(parts.state, result.holder)
  if (result.culprit === change.id) parts.onRefused(change.id, result)
  if (result.reason !== 'quota' && result.reason !== 'forbidden' && result.reason !== 'too-deep') parts.dirty.remote()
}

/** The server never heard of a node this device has synced: its tombstone is below the horizon. */
function forgetUnknown({ state }: ResultParts, id: NodeId): void {
  state.trees.setRemote(id, { id, sequence: 0, node: null })
}

/** What was accepted is agreed, as far as the change spoke of it; what the disk did since then stays a local change. */
export function takeResult(
  parts: AcceptedParts,
  change: Change,
  result: Exclude<ChangeResult, RefusedChange>,
  observation: ChangeObservation,
): void {
  const { trees } = parts.state
  const { id } = change
  if (change.type === 'delete') return takeDeleted(parts, id, result.sequence)
  const known = trees.remoteRevision(id) ?? goneSince(parts, id, result.sequence)
  const told = result.verdict === 'unchanged' ? result.current : null
  const remote = told?.node ?? outcomeOf(change, known?.node ?? observation.node)
  const local = trees.localNode(id)
  const before = trees.synced(id)
  const base = outcomeOf(change, before?.node ?? (local === null ? remote : unagreed(remote, local.node)))
  const presence = local !== null || before === null ? 'present' : before.presence
  trees.setSynced(id, {
    node: base,
    sequence: result.sequence,
    presence,
    stamp: contentOf(change) !== null ? observation.stamp : (before?.stamp ?? observation.stamp),
  })
  if (local !== null) trees.setLocal(id, { ...local, provisional: false })
  else if (presence === 'present') trees.setLocal(id, 'deleted')
  takeRevision(parts.state, { id, sequence: result.sequence, node: remote })
  keepNewer(parts, known, result.sequence)
}

/**
 * An answer that comes late, or once more, does not undo what the server told since: not even where that equalled what was
 * agreed before, and so stood in no row of its own.
 */
function keepNewer({ state }: ResultParts, known: Revision | null, sequence: Sequence): void {
  if (known !== null && known.sequence > sequence) state.trees.setRemote(known.id, known)
}

/**
 * All of the history was heard that far, and nothing is known of the node: what was accepted then is deleted since, and
 * forgotten. Of its sequence the least is taken: when something is based on it, the server names the right one, which wins.
 */
function goneSince({ state, sentAt }: AcceptedParts, id: NodeId, sequence: Sequence): Revision | null {
  const heard = state.get('cursor')?.sequence ?? 0
  if (sequence <= sentAt || sequence >= heard || state.trees.remoteRevision(id) !== null) return null
  return { id, sequence: sequence + 1, node: null }
}

/** What was accepted of a change that this disk has nothing of: the server has it, and the next plan brings it. */
export function takeRemoteResult(
  parts: AcceptedParts,
  change: Change,
  result: Exclude<ChangeResult, RefusedChange>,
): void {
  const { state } = parts
  const { id } = change
  const { sequence } = result
  parts.dirty.remote()
  if (goneSince(parts, id, sequence) !== null) return
  if (result.verdict === 'unchanged' && result.current !== null) return takeRevision(state, result.current)
  if (change.type === 'delete') return takeRevision(state, { id, sequence, node: null })
  const before = state.trees.remoteRevision(id)?.node ?? null
  if (change.type === 'create') return takeRevision(state, { id, sequence, node: createdBy(change) })
  if (before !== null) takeRevision(state, { id, sequence, node: outcomeOf(change, before) })
}

function takeDeleted({ state }: ResultParts, id: NodeId, sequence: Sequence): void {
  if (state.trees.synced(id)?.node.kind === 'file') state.countDelete('up')
  takeRevision(state, { id, sequence, node: null })
  state.trees.forget(id)
}

/** The node after the change, from the node before it. */
export function outcomeOf(change: Exclude<Change, { type: 'delete' }>, before: Node): Node {
  if (change.type === 'create') return createdBy(change)
  const { placement, content, executable, conflictOf } = change
  return {
    ...before,
    ...(placement === undefined ? {} : { ...placement, key: keyOf(placement.name) }),
    ...(content === undefined ? {} : { content: content.digest, size: content.size, modifiedAt: content.modifiedAt }),
    ...(executable === undefined ? {} : { executable }),
    ...(conflictOf === undefined ? {} : { conflictOf }),
  }
}

function createdBy({ type: _type, base: _base, ...node }: CreateChange): Node {
  return node
}
