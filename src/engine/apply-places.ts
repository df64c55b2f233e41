/** Directories, renames, removals and the executable bit on this disk (SPEC 4), each under the store's own checks. */

import { TidemarkError } from '../errors.js'
import type { Outcome, Target } from '../interfaces/local-store.js'
import { toHex } from '../model/hex.js'
import type { NodeId } from '../model/ids.js'
import { keyOf, type Placement } from '../model/node.js'
import type {
  AsideOperation,
  AttachOperation,
  CreateOperation,
  DetachOperation,
  ExecutableOperation,
  Expected,
  MoveOperation,
  RemoveOperation,
} from '../model/plan.js'
import { type ApplyParts, type ApplyRun, besideOf } from './apply-run.js'
import { conflictCopy } from './conflict-base.js'
import type { DetachIntent } from './intent.js'
import { nameOf } from './paths.js'
import { ALL_ATTRIBUTES, shows, showsGone } from './results.js'

/** What was taken from its place by this run and stands in no new one yet. */
export type Moving = Map<NodeId, DetachIntent>

/** The second one finishes what the first left half done. */
const ATTACH_TRIES = 2

export async function makeDirectory(run: ApplyRun, operation: CreateOperation): Promise<void> {
  const { local, state, progress, onChange } = run.parts
  const { node } = operation
  const to = run.target(node, operation.parent)
  if (to === null) return run.drop(operation)
  const outcome = await local.makeDirectory(to)
  if (!(await run.took(operation, node.id, [to.path], outcome))) return
  if (outcome.outcome !== 'done' || outcome.stamp === null)
    throw new TidemarkError('internal', `${to.path} has no stamp`)
  shows(state.trees, { node, stamp: outcome.stamp, provisional: false }, ALL_ATTRIBUTES)
  progress.downloaded(1)
  onChange({ type: 'create', path: to.path, id: node.id })
}

export async function move(run: ApplyRun, operation: MoveOperation): Promise<void> {
  const from = run.origin(operation.id, operation.fromParent)
  const to = run.target(operation.to, operation.toParent)
  if (from === null || to === null) return run.drop(operation)
  const outcome = await moveFile(run, from, to, operation.expected)
  if (!(await run.took(operation, operation.id, [from.path, to.path], outcome))) return
  stands(run, operation.id, operation.to, to.path, outcome, from.path)
  run.tell({ type: 'move', path: to.path, from: from.path, id: operation.id })
}

/** A file takes its new name before it leaves the old one: written down before, since a crash in between leaves both. */
async function moveFile(run: ApplyRun, from: Target, to: Target, expected: Expected): Promise<Outcome> {
  const { state, local, random } = run.parts
  if (expected.content === null || expected.stamp.fileId === null) return local.moveIf(from, to, expected)
  const token = toHex(random.bytes(16))
  state.addIntent({ type: 'move', token, from: from.path, to: to.path, expected })
  await run.settle()
  const outcome = await local.moveIf(from, to, expected)
  // A disk that failed may have left both names: that is recovered once it can be looked at.
  if (outcome.outcome !== 'failed') state.dropIntent(token)
  return outcome
}

export async function detach(run: ApplyRun, operation: DetachOperation, moving: Moving): Promise<void> {
  const { state, local, random } = run.parts
  const from = run.origin(operation.id, operation.fromParent)
  if (from === null) return run.drop(operation)
  const { id, to } = operation
  const token = toHex(random.bytes(16))
  const intent = { type: 'detach', token, id, origin: from.path, target: to } as const
  state.addIntent(intent)
  await run.settle()
  const outcome = await local.detachIf(from, token, operation.expected)
  if (await run.took(operation, id, [from.path], outcome)) moving.set(id, intent)
  else state.dropIntent(token)
}

export async function attach(run: ApplyRun, operation: AttachOperation, moving: Moving): Promise<void> {
  const { state } = run.parts
  const { id } = operation
  const intent = moving.get(id)
  if (intent === undefined) return run.drop(operation)
  const { token, origin } = intent
  const to = run.target(operation.to, operation.toParent)
  const attachment = to === null ? null : await attached(run, id, token, to)
  if (to === null || attachment === null) {
    run.drop(operation, ...(to === null ? [] : [to.path]))
    return putBack(run, id, moving)
  }
  moving.delete(id)
  run.touch(to.path)
  stands(run, id, operation.to, to.path, attachment.outcome, origin)
  if (attachment.isWhole) state.dropIntent(token)
  await run.settle()
  run.tell({ type: 'attach', path: to.path, from: origin, id })
}

interface Attachment {
  readonly outcome: Outcome
  /** False when it may have its other name in `moving` still: the intent stays until that is gone. */
  readonly isWhole: boolean
}

/**
 * Null when it does not stand there. A disk that failed after the deed says nothing of it: then the place is looked at,
 * since a node that is taken for one in its old place would be mixed up with the one that comes there.
 */
async function attached({ parts }: ApplyRun, id: NodeId, token: string, to: Target): Promise<Attachment | null> {
  const { local, state } = parts
  for (let left = ATTACH_TRIES; left > 0; left--) {
    const outcome = await local.attach(token, to)
    if (outcome.outcome === 'done') return { outcome, isWhole: true }
  }
  const found = await local.stat(to.path)
  if (found.state !== 'present') return null
  const { stamp } = found.entry
  const isIt = stamp.fileId !== null && stamp.fileId === state.trees.localNode(id)?.stamp.fileId
  return isIt ? { outcome: { outcome: 'done', stamp }, isWhole: false } : null
}

/** A detached node that could not be attached goes back to where it was, or beside it: it never stays in `moving`. */
export async function putBack(run: ApplyRun, id: NodeId, moving: Moving): Promise<void> {
  const intent = moving.get(id)
  if (intent === undefined) return
  const { token, origin } = intent
  const back = await returnDetached(run.parts, origin, token)
  moving.delete(id)
  if (back !== null) run.touch(back)
  run.parts.dirty.paths([origin, back ?? origin])
  run.parts.state.dropIntent(token)
  await run.settle()
}

/**
 * From `moving` back to the origin, or beside it, or to the root. Returns the path; null when it lies in `moving` no
 * more: it was attached, and a user took it from there before the store looked again.
 */
export async function returnDetached(
  parts: Pick<ApplyParts, 'local' | 'random' | 'deviceName'>,
  origin: string,
  token: string,
): Promise<string | null> {
  const beside = besideOf(parts, origin)
  for (const path of [origin, beside, nameOf(beside)]) {
    const outcome = await parts.local.attach(token, { path, parent: null })
    if (outcome.outcome === 'done') return path
  }
  if (!(await parts.local.detached()).some((entry) => entry.token === token)) return null
  throw new TidemarkError('io', `${origin} could not be put back`, {
    subject: origin,
    next: `It lies in .tidemark/moving/${token}: move it back by hand.`,
  })
}

export async function remove(run: ApplyRun, operation: RemoveOperation): Promise<void> {
  const { state, local, onChange } = run.parts
  const from = run.origin(operation.id, operation.parent)
  if (from === null) return run.drop(operation)
  const expected = await run.certain(from, operation.expected)
  if (expected === null) return run.drop(operation, from.path)
  const outcome = await local.removeIf(from, expected)
  if (outcome.outcome === 'not-empty') leaveRemnant(run, operation.id)
  if (!(await run.took(operation, operation.id, [from.path], outcome))) return
  if (operation.expected.content !== null) state.countDelete('down')
  showsGone(state.trees, operation.id)
  onChange({ type: 'remove', path: from.path, id: operation.id })
}

/**
 * Gone on the server, kept here for content that is not synced: not a local directory that would go up again (DESIGN
 * 4.7). When the scans saw no such content it is a user's new file, and the next scan will find it.
 */
function leaveRemnant({ parts }: ApplyRun, id: NodeId): void {
  const { trees } = parts.state
  const row = trees.synced(id)
  const holdsForeign = [...parts.troubles.occupied].some((place) => place.startsWith(`${id}/`))
  if (row !== null && holdsForeign) trees.setSynced(id, { ...row, presence: 'remnant' })
}

export async function setExecutable(run: ApplyRun, operation: ExecutableOperation): Promise<void> {
  const { state, local, dirty, onChange } = run.parts
  const at = run.origin(operation.id, operation.parent)
  const found = state.trees.localNode(operation.id)
  if (at === null || found === null) return run.drop(operation)
  const outcome = await local.setExecutableIf(at, operation.expected, operation.executable)
  if (!(await run.took(operation, operation.id, [at.path], outcome))) return
  // Another name of the same file shows the bit as well.
  const names = found.stamp.fileId === null ? [] : state.trees.byFileId(found.stamp.fileId)
  dirty.paths(names.flatMap((id) => (id === operation.id ? [] : (state.trees.localPath(id) ?? []))))
  const stamp = 'stamp' in outcome && outcome.stamp !== null ? outcome.stamp : found.stamp
  const shown = run.carried(at.path, found.stamp, stamp)
  shows(state.trees, { ...found, node: { ...found.node, executable: operation.executable }, stamp: shown }, [
    'executable',
  ])
  onChange({ type: 'executable', path: at.path, id: operation.id })
}

/** The local content gets an identity of its own, durable before it leaves its name. */
export async function aside(run: ApplyRun, operation: AsideOperation): Promise<void> {
  const { state, onChange } = run.parts
  const { trees } = state
  const from = run.origin(operation.id, operation.parent)
  const to = run.target(operation.to, operation.parent)
  const found = trees.localNode(operation.id)
  if (from === null || to === null || found === null) return run.drop(operation)
  const row = trees.synced(operation.id)
  const copy = conflictCopy({ ...found.node, id: operation.copyId, conflictOf: operation.conflictOf }, row)
  if (row !== null) trees.setSynced(operation.id, { ...row, presence: 'pending', stamp: null })
  trees.setLocal(operation.id, null)
  trees.setLocal(operation.copyId, {
    node: copy,
    stamp: found.stamp,
    provisional: trees.remoteRevision(operation.copyId)?.node == null,
  })
  const outcome = await moveFile(run, from, to, operation.expected)
  if (!(await run.took(operation, operation.copyId, [from.path, to.path], outcome))) return
  stands(run, operation.copyId, operation.to, to.path, outcome, from.path)
  await run.settle()
  onChange({ type: 'aside', path: to.path, from: from.path, id: operation.id })
}

function stands(run: ApplyRun, id: NodeId, to: Placement, path: string, outcome: Outcome, from: string): void {
  const { dirty, state } = run.parts
  const { trees } = state
  const found = trees.localNode(id)
  if (found === null) return
  dirty.moved(from, path)
  const stamp = 'stamp' in outcome && outcome.stamp !== null ? outcome.stamp : found.stamp
  const node = { ...found.node, parentId: to.parentId, name: to.name, key: keyOf(to.name) }
  shows(trees, { ...found, node, stamp: run.carried(path, found.stamp, stamp) }, ['placement'])
}
