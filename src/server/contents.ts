/** What the server knows of the contents a batch refers to: looked up in this workspace only, all at once. */

import { decodeManifest } from '../content/manifest.js'
import type { ManifestRecord, MetadataReader, MetadataWriter } from '../interfaces/metadata-store.js'
import type { Change } from '../model/change.js'
import type { Digest, NodeId, WorkspaceId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import { LIMITS } from '../protocol/limits.js'
import { contentOf, type ContentState } from './commit-rules.js'
import type { ServerContext } from './context.js'
import type { Overlay } from './overlay.js'

/** Manifests held in memory at a time: the largest takes some 4 MB. */
const SLICE = 32

/** Missing digests are kept as far as an answer may name them, but at least one of each content. */
export async function readContents(
  context: ServerContext,
  workspace: WorkspaceId,
  reader: MetadataReader,
  changes: readonly Change[],
): Promise<ReadonlyMap<Digest, ContentState>> {
  const digests = [...new Set(changes.flatMap((change) => contentOf(change)?.digest ?? []))]
  const states = new Map<Digest, ContentState>()
  let left: number = LIMITS.digests
  for (let at = 0; at < digests.length; at += SLICE) {
    const records = await reader.manifests(digests.slice(at, at + SLICE))
    for (const [digest, state] of await statesOf(context, workspace, reader, records)) {
      const missing = state.missing.slice(0, Math.max(1, left))
      left -= missing.length
      states.set(digest, { ...state, missing })
    }
  }
  return states
}

async function statesOf(
  context: ServerContext,
  workspace: WorkspaceId,
  reader: MetadataReader,
  records: ReadonlyMap<Digest, ManifestRecord>,
): Promise<ReadonlyMap<Digest, ContentState>> {
  const manifests = [...records].map(([digest, { encoded }]) => ({ digest, manifest: decodeManifest(encoded) }))
  const referenced = new Set<Digest>()
  for (const { manifest } of manifests) for (const chunk of manifest.chunks) referenced.add(chunk.digest)
  const missing = new Set(referenced.size === 0 ? [] : await context.chunks.missing(workspace, [...referenced]))
  const noted = new Set<Digest>()
  for (const { digest, condemnedAt } of (await reader.orphans('chunk', [...referenced])).values())
    (condemnedAt === null ? noted : missing).add(digest)
  const among = (manifest: Manifest, set: ReadonlySet<Digest>): readonly Digest[] =>
    set.size === 0
      ? []
      : [...new Set(manifest.chunks.filter(({ digest }) => set.has(digest)).map(({ digest }) => digest))]
  return new Map(
    manifests.map(({ digest, manifest }) => [
      digest,
      { size: manifest.size, missing: among(manifest, missing), noted: among(manifest, noted) },
    ]),
  )
}

/** What accepted changes name is no orphan any more: said in the same transaction, so that no collection goes on with it. */
export async function claimContents(
  writer: MetadataWriter,
  contents: ReadonlyMap<Digest, ContentState>,
  accepted: readonly Change[],
): Promise<void> {
  const named = new Set(accepted.flatMap((change) => contentOf(change)?.digest ?? []))
  if (named.size === 0) return
  await writer.dropOrphans('manifest', [...named])
  const chunks = new Set([...named].flatMap((digest) => contents.get(digest)?.noted ?? []))
  if (chunks.size > 0) await writer.dropOrphans('chunk', [...chunks])
}

/** Kinds of the dead nodes that the batch would revive. */
export async function readBuriedKinds(
  reader: MetadataReader,
  overlay: Overlay,
  changes: readonly Change[],
): Promise<ReadonlyMap<NodeId, string>> {
  const kinds = new Map<NodeId, string>()
  for (const { type, id } of changes) {
    if (type !== 'create' || overlay.stored(id) === null || overlay.node(id) !== null) continue
    const [buried] = await reader.history(id, 1)
    if (buried !== undefined) kinds.set(id, buried.last.kind)
  }
  return kinds
}
