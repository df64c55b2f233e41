/**
 * After an unclean stop: intents and detached nodes (SPEC 5.5), before anything is scanned. What we put in place is
 * told from a user's edit by the staged file id, and trusted only when its digest is the one it should have (INV-08).
 */

import type { Listing } from '../interfaces/local-store.js'
import type { FileId, NodeId } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'
import { keyOf, type Node } from '../model/node.js'
import type { Stamp } from '../model/stamp.js'
import { returnDetached } from './apply-places.js'
import { type ApplyParts, besideOf, flush } from './apply-run.js'
import { below, directoryOf } from './paths.js'
import type { EngineState } from './engine-state.js'
import type { DetachIntent, MoveIntent, PutIntent } from './intent.js'
import { ALL_ATTRIBUTES, shows } from './results.js'
import type { Trees } from './trees.js'

export interface RecoverParts
  extends Pick<ApplyParts, 'state' | 'local' | 'random' | 'deviceName' | 'dirty' | 'unflushed'> {
  /** The process, or the power, was lost: a content that is not what it should be may be damage. Else it is an edit. */
  readonly wasLost: boolean
  /** Null as long as this device never spoke to the server: then there is no intent either. */
  readonly rule: ContentRule | null
}

const READ_BYTES = 1024 * 1024

type Listings = ReadonlyMap<string, Listing>
type WhereIs = (fileId: FileId) => Promise<string | null>

export async function recover(parts: RecoverParts, signal: AbortSignal): Promise<void> {
  const { state, local } = parts
  await returnEdited(parts)
  const detached = new Set((await local.detached()).map((entry) => entry.token))
  // One look at everything serves all that is not where it was put.
  let listings: Listings | null = null
  const whereIs: WhereIs = async (fileId) =>
    placeOf((listings ??= await local.scan([''], { deep: true, signal })), fileId)
  for (const intent of [...state.intents.values()]) {
    const isKnown =
      intent.type === 'put'
        ? await recoverPut(parts, intent, whereIs, signal)
        : intent.type === 'move'
          ? await recoverMove(parts, intent, signal)
          : !detached.delete(intent.token) || (await recoverDetached(parts, intent))
    if (isKnown) state.dropIntent(intent.token)
  }
  for (const token of detached) await returnDetached(parts, token, token)
  await state.save()
}

/**
 * A replaced content that was written to in the moment of the crash, after we looked and before we looked again, lies in
 * the trash and nowhere else. It is a user's edit: it becomes a file beside its place.
 */
async function returnEdited(parts: RecoverParts): Promise<void> {
  const { state, local } = parts
  const replaced = [...state.intents.values()].flatMap((intent) =>
    intent.type === 'put' && intent.expected !== null ? [{ path: intent.path, before: intent.expected }] : [],
  )
  if (replaced.length === 0) return
  const trash = new Map((await local.kept()).map((entry) => [entry.stamp.fileId, entry]))
  for (const { path, before } of replaced) {
    const entry = before.fileId === null ? undefined : trash.get(before.fileId)
    // Under its other name the edit is at hand; a second one in the tree would bind two files together.
    if (entry === undefined || entry.isElsewhere) continue
    if (entry.stamp.size === before.size && entry.stamp.mtimeNs === before.mtimeNs) continue
    const to = besideOf(parts, path)
    const outcome = await local.restoreKept(entry.kept, { path: to, parent: null })
    if (outcome.outcome === 'done') await local.flush([to])
  }
}

/**
 * Ours and whole: the result is written. Ours and damaged: into the trash, to be brought again. Not ours: the scan will
 * see. False: nobody can say yet.
 */
async function recoverPut(
  parts: RecoverParts,
  intent: PutIntent,
  whereIs: WhereIs,
  signal: AbortSignal,
): Promise<boolean> {
  const { state, local, rule, wasLost } = parts
  const { node, stagedFileId } = intent
  if (rule === null || stagedFileId === null) return true
  const found = await local.stat(intent.path, { signal })
  if (found.state === 'unknown') return false
  const isThere = found.state === 'present' && found.entry.stamp.fileId === stagedFileId
  // Known since it was put there: only that it was flushed is not.
  const isKnown = !wasLost && state.trees.localNode(node.id) !== null
  const isSought = isKnown || wasLost
  const path = isThere ? intent.path : isSought ? await whereIs(stagedFileId) : null
  if (path === null) return true
  if (isKnown) return (await flush(parts, [path])).size === 0
  const described = await local.describe(path, rule, { signal })
  if (described.state !== 'read') return described.state !== 'unknown'
  const { stamp, digest } = described
  if (digest === node.content || !wasLost) {
    if ((await flush(parts, [path])).size > 0) return false
    // An edit is read again.
    const seen: Stamp = digest === node.content ? stamp : { ...stamp, racy: true }
    if (intent.expected === null) agreed(state.trees, intent, seen)
    else shows(state.trees, { node, stamp: seen, provisional: false }, ALL_ATTRIBUTES)
    return true
  }
  const from = { path, parent: null }
  const expected = { stamp, content: digest }
  const damage = (await isBlank(parts, path, stamp, signal)) ? 'certain' : damageOf(node, stamp)
  if (damage === 'none') return true
  await bringAgain(state, node.id)
  if (damage === 'certain') await local.removeIf(from, expected, { signal })
  else await local.moveIf(from, { path: besideOf(parts, path), parent: null }, expected, { signal })
  return true
}

/** Where its user moved what was put in place, before anybody knew; null: it is gone. */
function placeOf(listings: Listings, fileId: FileId): string | null {
  for (const [directory, listing] of listings) {
    const entries = listing.state === 'complete' ? listing.entries : []
    const entry = entries.find(({ stamp }) => stamp.fileId === fileId)
    if (entry !== undefined) return below(directory, entry.name)
  }
  return null
}

/**
 * What the server had when a new file was put there is agreed; what it has by now, maybe nothing, came after that. Who looked
 * meanwhile may have taken the file for a stranger.
 */
function agreed(trees: Trees, { node, sequence }: PutIntent, stamp: Stamp): void {
  const { id } = node
  const remote = trees.remoteRevision(id) ?? { id, sequence, node: null }
  for (const other of stamp.fileId === null ? [] : trees.byFileId(stamp.fileId))
    if (trees.localNode(other)?.provisional === true) trees.setLocal(other, null)
  trees.setSynced(id, { node, sequence, presence: 'present', stamp })
  trees.setLocal(id, null)
  trees.setRemote(id, remote)
}

/** The disk lost it: it is on its way here once more. */
async function bringAgain(state: EngineState, id: NodeId): Promise<void> {
  const row = state.trees.synced(id)
  if (row !== null) state.trees.setSynced(id, { ...row, presence: 'pending', stamp: null })
  state.trees.setLocal(id, null)
  await state.save()
}

/**
 * A file of ours with other bytes. Certain: nobody wrote to it since, its time is the recorded one, or nothing is in it.
 * Possible: shorter than it should be, with another time: torn by the crash, or cut by a user. Both contents are kept
 * then, and none passes for an edit of the other.
 */
function damageOf(
  { size, modifiedAt }: Node,
  stamp: { readonly size: number; readonly mtimeNs: string },
): 'certain' | 'possible' | 'none' {
  if (stamp.size === 0 || BigInt(stamp.mtimeNs) / 1_000_000n === BigInt(modifiedAt)) return 'certain'
  return stamp.size < size ? 'possible' : 'none'
}

/**
 * Nothing but zeros: what a power loss leaves of a content that was not flushed. Whoever touched the file since gave it another
 * time, and no other content.
 */
async function isBlank({ local }: RecoverParts, path: string, stamp: Stamp, signal: AbortSignal): Promise<boolean> {
  for (let offset = 0; offset < stamp.size; offset += READ_BYTES) {
    const length = Math.min(READ_BYTES, stamp.size - offset)
    const read = await local.read(path, stamp, [{ offset, length }], { signal })
    if (read.state !== 'read' || read.parts.some((part) => part.some((byte) => byte !== 0))) return false
  }
  return stamp.size > 0
}

/** Both names are the file: the rename is finished. Anything else the scan understands. False: nobody can say yet. */
async function recoverMove({ local }: RecoverParts, intent: MoveIntent, signal: AbortSignal): Promise<boolean> {
  const [from, to] = [await local.stat(intent.from, { signal }), await local.stat(intent.to, { signal })]
  if (from.state !== 'present' || to.state !== 'present') return from.state !== 'unknown' && to.state !== 'unknown'
  const { stamp } = from.entry
  const { stamp: before, content } = intent.expected
  if (stamp.fileId !== before.fileId || to.entry.stamp.fileId !== before.fileId) return true
  const { outcome } = await local.removeIf({ path: intent.from, parent: null }, { stamp, content }, { signal })
  await local.flush([directoryOf(intent.from), directoryOf(intent.to)])
  return outcome !== 'failed'
}

/**
 * Target free: there. Else back to the origin, or beside it. False when it stands there already, and the disk does not let
 * its other name go: that is tried again, and never comes back as a file of its own.
 */
async function recoverDetached(parts: RecoverParts, intent: DetachIntent): Promise<boolean> {
  const { state, local, wasLost } = parts
  const directory = state.trees.localPath(intent.target.parentId)
  if (directory !== null) {
    const path = below(directory, intent.target.name)
    const outcome = await local.attach(intent.token, { path, parent: null })
    if (outcome.outcome === 'done') {
      await local.flush([path, directoryOf(path)])
      if (!wasLost) arrived(state.trees, intent)
      return true
    }
    if (await isAttached(parts, path, intent.token)) return false
  }
  const back = await returnDetached(parts, intent.origin, intent.token)
  if (back !== null) await local.flush([back, directoryOf(back)])
  return true
}

/** A node on its way to where the server had it is there: nobody here moved it, whatever became of it there since. */
function arrived(trees: Trees, { id, target }: DetachIntent): void {
  const row = trees.synced(id)
  const local = trees.localNode(id)
  if (row === null || local === null || trees.remoteRevision(id)?.sequence === row.sequence) return
  const place = { ...target, key: keyOf(target.name) }
  trees.setSynced(id, { ...row, node: { ...row.node, ...place } })
  trees.setLocal(id, { ...local, node: { ...local.node, ...place } })
}

async function isAttached({ local }: RecoverParts, path: string, token: string): Promise<boolean> {
  const found = await local.stat(path)
  const aside = (await local.detached()).find((entry) => entry.token === token)
  const fileId = found.state === 'present' ? found.entry.stamp.fileId : null
  return fileId !== null && fileId === aside?.stamp.fileId
}
