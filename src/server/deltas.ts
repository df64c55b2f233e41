/**
 * Chunks as differences from chunks that are held already, coming and going, and the signatures by which a device makes
 * them without those bytes. A base is looked up like any chunk: in this workspace only (SEC-04, SEC-05), so that whoever
 * learns of its bytes could have asked for them. What the bases of one request cost is bounded before they are read on.
 */

import { ByteIndex } from '../content/delta-between.js'
import { applyDelta } from '../content/delta.js'
import { signaturesOf, signaturesSize } from '../content/signatures.js'
import { isTidemarkError, TidemarkError } from '../errors.js'
import type { Digest, WorkspaceId } from '../model/ids.js'
import { LIMITS } from '../protocol/limits.js'
import type {
  ChunkSignatures,
  GetChunksRequest,
  GetSignaturesAnswer,
  GetSignaturesRequest,
  WireChunk,
} from '../protocol/messages.js'
import type { ServerContext } from './context.js'
import type { Principal } from './principal.js'
import { findWorkspace } from './workspaces.js'

/** Digests asked of the store at a time: bounds what is read beyond the budget. */
const SLICE = 4
const ENTRY_BYTES = 64
/** Bytes of bases that the deltas of one request stand on, each counted as often as one stands on it. */
const MOST_READ = 16 * LIMITS.deltaBytes
const ANSWER_BYTES = LIMITS.frameBytes - 4_096

/** The bases of one request: each is read once, as long as all of them come to no more than one request may cost. */
class Bases {
  readonly #context: ServerContext
  readonly #workspace: WorkspaceId
  readonly #read = new Map<Digest, Uint8Array | null>()
  #left: number = LIMITS.deltaBytes

  constructor(context: ServerContext, workspace: WorkspaceId) {
    this.#context = context
    this.#workspace = workspace
  }

  /** They have cost what they may. */
  get areSpent(): boolean {
    return this.#left < 0
  }

  /** Null for what is not held, or condemned: that is as good as gone. Short when the request has cost what it may. */
  async of(digests: readonly Digest[]): Promise<readonly (Uint8Array | null)[]> {
    const fresh = [...new Set(digests)].filter((digest) => !this.#read.has(digest))
    for (let at = 0; at < fresh.length; at += SLICE) {
      if (this.areSpent) return []
      const slice = fresh.slice(at, at + SLICE)
      const found = await this.#context.chunks.get(this.#workspace, slice)
      const orphans = await this.#context.metadata.read(this.#workspace, (reader) => reader.orphans('chunk', slice))
      for (const [index, digest] of slice.entries()) {
        const isGone = (orphans.get(digest)?.condemnedAt ?? null) !== null
        const bytes = isGone ? null : (found[index]?.bytes ?? null)
        this.#left -= bytes?.length ?? 0
        this.#read.set(digest, bytes)
      }
    }
    return digests.map((digest) => this.#read.get(digest) ?? null)
  }
}

export async function getSignatures(
  context: ServerContext,
  principal: Principal,
  request: GetSignaturesRequest,
): Promise<GetSignaturesAnswer> {
  const workspace = await findWorkspace(context, principal, request.workspace)
  const { block } = request
  const bases = new Bases(context, workspace)
  const signatures: (ChunkSignatures | null)[] = []
  let left = ANSWER_BYTES
  const asked = [...new Set(request.digests)]
  for (let at = 0; at < asked.length && !bases.areSpent; at += SLICE) {
    const slice = asked.slice(at, at + SLICE)
    for (const bytes of await bases.of(slice)) {
      left -= ENTRY_BYTES + (bytes === null ? 0 : signaturesSize(bytes.length, block))
      if (left < 0) return { type: 'get-signatures', signatures }
      signatures.push(bytes === null ? null : { length: bytes.length, blocks: signaturesOf(bytes, block) })
    }
  }
  return { type: 'get-signatures', signatures }
}

/** What came as chunks and, with their bases still named, as deltas. */
export interface Rebuilt {
  /** Whole, and not yet compared with their digests. */
  readonly chunks: readonly WireChunk[]
  /** Deltas on what is not held. */
  readonly needWhole: readonly Digest[]
}

/** Every chunk whole. Fails with `corrupt` for what is no delta of its bases, `too-large` for what costs too much. */
export async function rebuildChunks(
  context: ServerContext,
  workspace: WorkspaceId,
  chunks: readonly WireChunk[],
): Promise<Rebuilt> {
  const bases = new Bases(context, workspace)
  const whole: WireChunk[] = []
  const needWhole: Digest[] = []
  let [built, read] = [0, 0]
  for (const chunk of chunks) {
    if (chunk.encoding !== 'delta') {
      whole.push(chunk)
      continue
    }
    const { digest } = chunk
    const held = await bases.of(chunk.bases ?? [])
    read += held.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0)
    if (bases.areSpent || built > LIMITS.deltaBytes || read > MOST_READ) throw tooMuch()
    const bytes = held.includes(null) ? null : build(chunk, held as readonly Uint8Array[])
    built += bytes?.length ?? 0
    if (bytes === null) needWhole.push(digest)
    else whole.push({ ...chunk, encoding: 'identity', bytes })
  }
  return { chunks: whole, needWhole }
}

function build({ digest, bytes }: WireChunk, bases: readonly Uint8Array[]): Uint8Array {
  try {
    return applyDelta(bytes, bases, LIMITS.chunkBytes)
  } catch (error) {
    if (!isTidemarkError(error)) throw error
    throw new TidemarkError(error.code, error.message, { subject: digest, next: 'Send the whole chunk.' })
  }
}

function tooMuch(): TidemarkError {
  return new TidemarkError('too-large', 'The deltas of one request read or build too much together.', {
    subject: 'chunks',
    next: 'Send fewer deltas in one request.',
  })
}

/** Makes deltas of the chunks that a request asks for, on those its device holds. */
export class DeltaMaker {
  readonly #bases: Bases
  readonly #have: readonly Digest[]
  #index: Promise<{ readonly held: readonly Digest[]; readonly index: ByteIndex }> | null = null

  constructor(context: ServerContext, workspace: WorkspaceId, { have }: GetChunksRequest) {
    this.#bases = new Bases(context, workspace)
    this.#have = [...new Set(have)]
  }

  /** The chunk as a delta where that is smaller, else as it is. */
  async smallest(chunk: WireChunk): Promise<WireChunk> {
    if (this.#have.length === 0 || chunk.encoding !== 'identity') return chunk
    this.#index ??= this.#read()
    const { held, index } = await this.#index
    const delta = index.delta(chunk.bytes, LIMITS.deltaBases)
    if (delta === null) return chunk
    const bases = delta.bases.map((base) => held[base] as Digest)
    return { digest: chunk.digest, encoding: 'delta', bases, bytes: delta.bytes }
  }

  /** As many as one request may cost. */
  async #read(): Promise<{ readonly held: readonly Digest[]; readonly index: ByteIndex }> {
    const held = new Map<Digest, Uint8Array>()
    for (let at = 0; at < this.#have.length && !this.#bases.areSpent; at += SLICE) {
      const slice = this.#have.slice(at, at + SLICE)
      for (const [index, bytes] of (await this.#bases.of(slice)).entries())
        if (bytes !== null) held.set(slice[index] as Digest, bytes)
    }
    return { held: [...held.keys()], index: new ByteIndex([...held.values()]) }
  }
}
