/** Chunks and manifests going out: a prefix of what was asked, as much as fits the frame. Of this workspace only. */

import { decodeManifest } from '../content/manifest.js'
import { makePatch } from '../content/patch.js'
import type { ManifestRecord, MetadataReader } from '../interfaces/metadata-store.js'
import type { Digest } from '../model/ids.js'
import { DIGEST_BYTES } from '../protocol/body.js'
import { LIMITS } from '../protocol/limits.js'
import { encodeManifestWire } from '../protocol/manifest-wire.js'
import type {
  GetChunksAnswer,
  GetChunksRequest,
  GetManifestsAnswer,
  GetManifestsRequest,
  WireChunk,
  WireManifest,
} from '../protocol/messages.js'
import type { ServerContext } from './context.js'
import { DeltaMaker } from './deltas.js'
import type { Principal } from './principal.js'
import { findWorkspace } from './workspaces.js'

/** Head and digests of an entry, generously. */
const ENTRY_BYTES = DIGEST_BYTES * 2 + 64
const BUDGET = LIMITS.frameBytes - 4_096
/** Digests asked of the store at a time: bounds what is read in vain. */
const SLICE = 16

export async function getChunks(
  context: ServerContext,
  principal: Principal,
  request: GetChunksRequest,
): Promise<GetChunksAnswer> {
  const workspace = await findWorkspace(context, principal, request.workspace)
  const asked = [...new Set(request.digests)]
  const chunks: WireChunk[] = []
  const absent: Digest[] = []
  const deltas = new DeltaMaker(context, workspace, request)
  let left = BUDGET
  for (let at = 0; at < asked.length; at += SLICE) {
    const slice = asked.slice(at, at + SLICE)
    const found = await context.chunks.get(workspace, slice)
    for (const [index, digest] of slice.entries()) {
      const stored = found[index] ?? null
      const chunk = stored === null ? null : await deltas.smallest(stored)
      left -= ENTRY_BYTES + (chunk?.bytes.length ?? 0) + (chunk?.bases?.length ?? 0) * DIGEST_BYTES
      if (left < 0) return { type: 'get-chunks', chunks, absent }
      if (chunk) chunks.push(chunk)
      else absent.push(digest)
    }
  }
  return { type: 'get-chunks', chunks, absent }
}

function smallest(
  digest: Digest,
  record: ManifestRecord,
  bases: readonly ManifestRecord[],
): { readonly wire: WireManifest; readonly bytes: number } {
  const manifest = decodeManifest(record.encoded)
  let wire: WireManifest = { form: 'whole', digest, manifest }
  let bytes = encodeManifestWire(manifest).length
  for (const base of bases) {
    const patch = makePatch(decodeManifest(base.encoded), manifest)
    if (patch.length + DIGEST_BYTES >= bytes) continue
    wire = { form: 'patch', digest, base: base.digest, patch }
    bytes = patch.length + DIGEST_BYTES
  }
  return { wire, bytes }
}

/** Chunks of an encoded manifest, nearly: each takes 36 bytes. */
function chunksIn({ encoded }: ManifestRecord): number {
  return Math.ceil(encoded.length / 36)
}

function namedIn(wanted: readonly (readonly [Digest, readonly Digest[]])[]): readonly Digest[] {
  return [...new Set(wanted.flatMap(([digest, have]) => [digest, ...have]))]
}

async function pick(reader: MetadataReader, request: GetManifestsRequest): Promise<GetManifestsAnswer> {
  const wanted = new Map(request.wanted.map(({ digest, have }) => [digest, have]))
  const manifests: WireManifest[] = []
  const absent: Digest[] = []
  let left = BUDGET
  let work = 0
  let records: ReadonlyMap<Digest, ManifestRecord> = new Map()
  for (const [at, [digest, have]] of [...wanted].entries()) {
    // patches are small, making them is not: the rest is asked again
    if (work > LIMITS.manifestWork) break
    if (at % SLICE === 0) records = await reader.manifests(namedIn([...wanted].slice(at, at + SLICE)))
    const record = records.get(digest)
    if (record === undefined) {
      left -= ENTRY_BYTES
      if (left < 0) break
      absent.push(digest)
      continue
    }
    const bases = have.flatMap((base) => (base === digest ? [] : (records.get(base) ?? [])))
    work += chunksIn(record) + bases.reduce((sum, base) => sum + chunksIn(base), 0)
    const { wire, bytes } = smallest(digest, record, bases)
    left -= ENTRY_BYTES + bytes
    if (left < 0) break
    manifests.push(wire)
  }
  return { type: 'get-manifests', manifests, absent }
}

export async function getManifests(
  context: ServerContext,
  principal: Principal,
  request: GetManifestsRequest,
): Promise<GetManifestsAnswer> {
  const workspace = await findWorkspace(context, principal, request.workspace)
  return context.metadata.read(workspace, (reader) => pick(reader, request))
}
