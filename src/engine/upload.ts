/**
 * Brings new contents to the server before the commit that names them (SPEC "transfer", "Up"). What is small travels
 * with its commit in one round trip; the rest is announced, and only what the server lacks is sent, several files per
 * frame. Nothing visible changes by it, so it may be repeated at will.
 */

import { makePatch } from '../content/patch.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { Change, ChangeGroup } from '../model/change.js'
import type { Digest, NodeId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { ChangeObservation } from '../model/plan.js'
import { LIMITS } from '../protocol/limits.js'
import type { PutAnswer, WireChunk, WireManifest } from '../protocol/messages.js'
import type { ContentSource } from './content-source.js'
import { type NewContent } from './content-source.js'
import type { DeltaUpload } from './delta-upload.js'
import type { Dirty } from './dirty.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import type { ManifestShelf } from './manifest-shelf.js'
import { inParallel } from './parallel.js'
import type { Progress } from './progress.js'

export interface UploadParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly link: Link
  readonly shelf: ManifestShelf
  readonly hasher: Hasher
  readonly dirty: Dirty
  /** Nodes whose content is read at the next look, whatever their stamp says. */
  readonly verify: Set<NodeId>
  readonly progress: Progress
}

/** A group with the contents it brings. */
export interface Parcel {
  readonly changes: ChangeGroup
  readonly observations: readonly ChangeObservation[]
  readonly contents: readonly NewContent[]
}

/** Chunk bytes of one frame. With those at once it bounds the memory of an upload: each is held as read, as a frame and as sent. */
const FRAME_CHUNK_BYTES = 1024 * 1024
/** Bytes a manifest entry takes on the wire, about. */
const ENTRY_BYTES = 36
/** New chunk bytes of a batch that travel with the commit itself. */
export const INLINE_BYTES = 1024 * 1024
const FRAMES_AT_ONCE = 2

/** Finds what the changes of a group bring. Null when a file is not there as observed: its path is marked dirty. */
export async function parcelOf(
  parts: UploadParts,
  changes: ChangeGroup,
  observations: readonly ChangeObservation[],
  signal: AbortSignal,
): Promise<Parcel | null> {
  const contents: NewContent[] = []
  for (const [at, change] of changes.entries()) {
    const digest = contentOf(change)
    const observation = observations[at]
    if (digest === null || observation === undefined) continue
    const content = await newContent(parts, digest, observation, signal)
    if (content === null) return null
    contents.push(content)
  }
  return { changes, observations, contents }
}

export function contentOf(change: Change): Digest | null {
  if (change.type === 'create') return change.content
  return change.type === 'update' ? (change.content?.digest ?? null) : null
}

async function newContent(
  parts: UploadParts,
  digest: Digest,
  observation: ChangeObservation,
  signal: AbortSignal,
): Promise<NewContent | null> {
  const { state, shelf, local } = parts
  const { id } = observation.node
  const path = state.trees.localPath(id)
  const stamp = observation.stamp
  if (path === null || stamp === null) return null
  let manifest = await shelf.get(digest)
  if (manifest === null) {
    const rule = state.get('rule')
    if (rule === null) return null
    const described = await local.describe(path, rule, { signal })
    if (described.state !== 'read' || described.digest !== digest) {
      lookAgain(parts, [{ id, path }])
      return null
    }
    manifest = described.manifest
    shelf.put(digest, manifest)
  }
  const base = await baseOf(parts, observation)
  return { id, digest, manifest, path, stamp, base, wire: wireManifest(digest, manifest, base) }
}

/** These contents are not there as observed, though their stamps may say so (INV-16): a lost write keeps its stamp. */
export function lookAgain(
  { dirty, verify }: Pick<UploadParts, 'dirty' | 'verify'>,
  gone: readonly Pick<NewContent, 'id' | 'path'>[],
): void {
  for (const { id } of gone) verify.add(id)
  if (gone.length > 0) dirty.untold(gone.map(({ path }) => path))
}

async function baseOf({ state, shelf }: UploadParts, observation: ChangeObservation): Promise<NewContent['base']> {
  const digest = state.trees.synced(observation.node.id)?.node.content ?? null
  if (digest === null) return null
  const manifest = await shelf.get(digest)
  return manifest === null ? null : { digest, manifest }
}

function wireManifest(digest: Digest, manifest: Manifest, base: NewContent['base']): WireManifest {
  if (base !== null) {
    const patch = makePatch(base.manifest, manifest)
    if (patch.length < manifest.chunks.length * ENTRY_BYTES) return { form: 'patch', digest, base: base.digest, patch }
  }
  return { form: 'whole', digest, manifest }
}

/** Digests that are not in the node's synced content: the server may lack them. Each once. */
export function likelyMissing(contents: readonly NewContent[]): readonly Digest[] {
  const found = new Set<Digest>()
  for (const { manifest, base } of contents) {
    const known = new Set(base?.manifest.chunks.map((chunk) => chunk.digest))
    for (const { digest } of manifest.chunks) if (!known.has(digest)) found.add(digest)
  }
  return [...found]
}

/** Manifests of contents, each once. */
export function wiresOf(contents: readonly NewContent[]): readonly WireManifest[] {
  return [...new Map(contents.map(({ digest, wire }) => [digest, wire])).values()]
}

/** Manifests that may travel with what announces them; null: they are too many, or one of them may be needed whole. */
export function fitBeside(contents: readonly NewContent[]): readonly WireManifest[] | null {
  const wires = wiresOf(contents)
  const weight = wires.reduce((sum, wire) => sum + weightOf(wire), 0)
  return weight <= FRAME_CHUNK_BYTES && wires.every(({ form }) => form === 'whole') ? wires : null
}

/** Sends manifests in as many frames as they need; those whose base the server lacks go again whole. */
export async function putManifests(
  { link }: UploadParts,
  contents: readonly NewContent[],
  signal: AbortSignal,
): Promise<void> {
  const whole = new Map(contents.map(({ digest, manifest }) => [digest, manifest]))
  let due = wiresOf(contents)
  while (due.length > 0) {
    const again: WireManifest[] = []
    for (const manifests of inFrames(due, weightOf, LIMITS.manifests)) {
      const answer = await link.ask({ type: 'put', workspace: link.workspace, manifests, chunks: [] }, signal)
      for (const digest of answer.needWhole) {
        const manifest = whole.get(digest)
        if (manifest !== undefined) again.push({ form: 'whole', digest, manifest })
      }
    }
    due = again.filter((manifest) => due.find((sent) => sent.digest === manifest.digest)?.form !== 'whole')
  }
}

/** Sends the chunks the server said it lacks, whole where `deltas` is null. What moved meanwhile is in `source.moved`. */
export async function putChunks(
  { link, progress }: UploadParts,
  source: ContentSource,
  missing: readonly Digest[],
  deltas: DeltaUpload | null,
  signal: AbortSignal,
): Promise<void> {
  const frames = inFrames(missing, (digest) => source.length(digest), LIMITS.chunks)
  await inParallel(frames, FRAMES_AT_ONCE, async (digests) => {
    const whole = await source.read(digests, signal)
    if (whole.length === 0) return
    const send = (chunks: readonly WireChunk[]): Promise<PutAnswer> =>
      link.ask({ type: 'put', workspace: link.workspace, manifests: [], chunks }, signal)
    const { needWhole } = await (deltas?.through(whole, send, signal) ?? send(whole))
    const again = new Set(needWhole)
    const chunks = whole.filter(({ digest }) => again.has(digest))
    if (chunks.length > 0) await send(chunks)
    progress.sent(whole.reduce((sum, chunk) => sum + chunk.bytes.length, 0))
  })
}

function weightOf(manifest: WireManifest): number {
  return manifest.form === 'patch' ? manifest.patch.length + 80 : manifest.manifest.chunks.length * ENTRY_BYTES + 80
}

/** Splits into frames of at most FRAME_CHUNK_BYTES and `most` items, in order, lazily. */
export function* inFrames<T>(items: readonly T[], weigh: (item: T) => number, most: number): Generator<readonly T[]> {
  let frame: T[] = []
  let weight = 0
  for (const item of items) {
    const next = weigh(item)
    if (frame.length > 0 && (weight + next > FRAME_CHUNK_BYTES || frame.length >= most)) {
      yield frame
      frame = []
      weight = 0
    }
    frame.push(item)
    weight += next
  }
  if (frame.length > 0) yield frame
}
