/**
 * Small new contents travel with the page that tells of them: a live edit is then one request, not three. Advice only: what
 * does not come along is asked for, and what comes is compared with its digest like anything else.
 */

import { decodeManifest } from '../content/manifest.js'
import type { MetadataReader } from '../interfaces/metadata-store.js'
import type { Digest, WorkspaceId } from '../model/ids.js'
import { LIMITS } from '../protocol/limits.js'
import type { Standing, WireChunk, WireManifest } from '../protocol/messages.js'
import type { ServerContext } from './context.js'

type WholeManifest = Extract<WireManifest, { form: 'whole' }>

/** The contents of the nodes of a page when they are few and small, else none. */
export async function manifestsAlong(reader: MetadataReader, state: Standing): Promise<readonly WholeManifest[]> {
  if (state.standing !== 'current' || state.page.revisions.length > LIMITS.alongRevisions) return []
  const nodes = state.page.revisions.flatMap(({ node }) => (node === null || node.content === null ? [] : node))
  const bytes = nodes.reduce((sum, { size }) => sum + size, 0)
  const digests = new Set(nodes.flatMap(({ content }) => content ?? []))
  if (digests.size === 0 || bytes > LIMITS.alongBytes) return []
  const records = await reader.manifests([...digests])
  return [...records.values()].map(({ digest, encoded }) => ({
    form: 'whole',
    digest,
    manifest: decodeManifest(encoded),
  }))
}

/** What is held of their chunks. */
export async function chunksAlong(
  context: ServerContext,
  workspace: WorkspaceId,
  manifests: readonly WholeManifest[],
): Promise<readonly WireChunk[]> {
  const digests = new Set<Digest>(manifests.flatMap(({ manifest }) => manifest.chunks.map(({ digest }) => digest)))
  if (digests.size === 0) return []
  return (await context.chunks.get(workspace, [...digests])).flatMap((chunk) => chunk ?? [])
}
