/** What the server knows of the contents a batch refers to: looked up in this workspace only, all at once. */

import { decodeManifest } from '../content/manifest.js'
import type { MetadataReader } from '../interfaces/metadata-store.js'
import type { Change } from '../model/change.js'
import type { Digest, NodeId, WorkspaceId } from '../model/ids.js'
import { contentOf, type ContentState } from './commit-rules.js'
import type { ServerContext } from './context.js'
import type { Overlay } from './overlay.js'

export async function readContents(
  context: ServerContext,
  workspace: WorkspaceId,
  reader: MetadataReader,
  changes: readonly Change[],
): Promise<ReadonlyMap<Digest, ContentState>> {
  const digests = new Set(changes.flatMap((change) => contentOf(change)?.digest ?? []))
  if (digests.size === 0) return new Map()
  const records = await reader.manifests([...digests])
  const manifests = [...records].map(([digest, { encoded }]) => ({ digest, manifest: decodeManifest(encoded) }))
  const referenced = new Set(manifests.flatMap(({ manifest }) => manifest.chunks.map((chunk) => chunk.digest)))
  const missing = new Set(referenced.size === 0 ? [] : await context.chunks.missing(workspace, [...referenced]))
  return new Map(
    manifests.map(({ digest, manifest }) => {
      const lacking = missing.size === 0 ? [] : manifest.chunks.map((chunk) => chunk.digest).filter((chunk) => missing.has(chunk))
      return [digest, { size: manifest.size, missing: [...new Set(lacking)] }]
    }),
  )
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
