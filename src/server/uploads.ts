/**
 * Chunks and manifests coming in. Nothing exists before its digest was computed from its bytes here (SEC-07),
 * and nothing is looked up outside the workspace (SEC-04, SEC-05).
 */

import { decodeManifest, encodeManifest } from '../content/manifest.js'
import { applyPatch } from '../content/patch.js'
import { TidemarkError } from '../errors.js'
import type { StoredChunk } from '../interfaces/chunk-store.js'
import type { ManifestRecord, MetadataReader, MetadataWriter } from '../interfaces/metadata-store.js'
import type { Digest, WorkspaceId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import { LIMITS, MAX_SAFE } from '../protocol/limits.js'
import type { PutAnswer, PutRequest, WireChunk, WireManifest } from '../protocol/messages.js'
import type { ServerContext } from './context.js'
import { rebuildChunks } from './deltas.js'
import type { Principal } from './principal.js'
import { findWorkspace } from './workspaces.js'

/** A manifest must fit a frame whole: a patch builds none that could not be sent. */
const WIRE_MANIFEST = { chunks: LIMITS.manifestChunks, size: MAX_SAFE }

function mismatch(digest: Digest, what: string): TidemarkError {
  return new TidemarkError('corrupt', `The bytes of a ${what} do not match its digest.`, {
    subject: digest,
    next: 'Read the file again and send what it holds.',
  })
}

/** Verifies all before the first is stored. Returns the deltas that have to be sent whole. */
export async function storeChunks(
  context: ServerContext,
  { workspace, user }: { readonly workspace: WorkspaceId; readonly user: string },
  chunks: readonly WireChunk[],
): Promise<readonly Digest[]> {
  const verified = new Map<Digest, StoredChunk>()
  const rebuilt = await rebuildChunks(context, workspace, chunks)
  const needWhole = new Set(rebuilt.needWhole)
  for (const { digest, encoding, bytes, bases } of rebuilt.chunks) {
    if (bytes.length < 1 || bytes.length > LIMITS.chunkBytes) {
      throw new TidemarkError('too-large', `A chunk of ${bytes.length} bytes is out of range.`, { subject: digest })
    }
    // signatures may be equal by chance: an honest delta can come to something else, an honest chunk can not
    if (context.hasher.digest('chunk', bytes) === digest) verified.set(digest, { digest, encoding, bytes })
    else if (bases === undefined) throw mismatch(digest, 'chunk')
    else needWhole.add(digest)
  }
  for (const digest of verified.keys()) needWhole.delete(digest)
  if (verified.size === 0) return [...needWhole]
  await revive(context, workspace, [...verified.keys()])
  const free = await context.quota.reserve(workspace, user, async () => {
    const missing = await context.chunks.missing(workspace, [...verified.keys()])
    return missing.reduce((sum, digest) => sum + (verified.get(digest)?.bytes.length ?? 0), 0)
  })
  try {
    await context.chunks.put(workspace, [...verified.values()])
  } finally {
    free()
  }
  return [...needWhole]
}

/**
 * What is brought again is an orphan no more, before the store is asked to hold it: a removal that began earlier has ended by
 * then, and a later one finds no note.
 */
async function revive(context: ServerContext, workspace: WorkspaceId, digests: readonly Digest[]): Promise<void> {
  const orphans = await context.metadata.read(workspace, (reader) => reader.orphans('chunk', digests))
  if (orphans.size === 0) return
  await context.metadata.transact(workspace, (writer) => writer.dropOrphans('chunk', [...orphans.keys()]))
}

/** A base of a patch: one of the same frame that came before it, or one that is held. */
async function findBase(
  reader: MetadataReader,
  records: ReadonlyMap<Digest, ManifestRecord>,
  base: Digest,
): Promise<Manifest | null> {
  const record = records.get(base) ?? (await reader.manifests([base])).get(base)
  return record === undefined ? null : decodeManifest(record.encoded)
}

/** Counts the chunks read and built for a request, and refuses the one too many. */
class Work {
  #left: number = LIMITS.manifestWork

  spend(manifest: Manifest): Manifest {
    this.#left -= manifest.chunks.length
    if (this.#left >= 0) return manifest
    throw new TidemarkError('too-large', 'The manifests of one request have too many chunks together.', {
      subject: 'manifests',
      next: 'Send fewer manifests in one request.',
    })
  }
}

async function rebuild(
  wire: WireManifest,
  reader: MetadataReader,
  records: ReadonlyMap<Digest, ManifestRecord>,
  work: Work,
): Promise<Manifest | null> {
  if (wire.form === 'whole') return work.spend(wire.manifest)
  const base = await findBase(reader, records, wire.base)
  return base === null ? null : work.spend(applyPatch(work.spend(base), wire.patch, WIRE_MANIFEST))
}

/** Patches may stand on manifests of the same frame that came before them. Returns the patches whose base is not known. */
export async function storeManifests(
  context: ServerContext,
  writer: MetadataWriter,
  manifests: readonly WireManifest[],
): Promise<readonly Digest[]> {
  const records = new Map<Digest, ManifestRecord>()
  const needWhole = new Set<Digest>()
  const work = new Work()
  for (const wire of manifests) {
    const manifest = await rebuild(wire, writer, records, work)
    if (manifest === null) {
      needWhole.add(wire.digest)
      continue
    }
    const encoded = encodeManifest(manifest)
    if (context.hasher.digest('manifest', encoded) !== wire.digest) throw mismatch(wire.digest, 'manifest')
    records.set(wire.digest, { digest: wire.digest, encoded })
  }
  if (records.size > 0) {
    await writer.putManifests([...records.values()])
    await writer.dropOrphans('manifest', [...records.keys()])
  }
  return [...needWhole].filter((digest) => !records.has(digest))
}

export async function put(context: ServerContext, principal: Principal, request: PutRequest): Promise<PutAnswer> {
  const workspace = await findWorkspace(context, principal, request.workspace)
  const chunks = await storeChunks(context, { workspace, user: principal.user }, request.chunks)
  if (request.manifests.length === 0) return { type: 'put', needWhole: chunks }
  const manifests = await context.metadata.transact(workspace, (writer) =>
    storeManifests(context, writer, request.manifests),
  )
  return { type: 'put', needWhole: [...chunks, ...manifests] }
}
