/**
 * Chunks from the server, several requests ahead of the one who writes them. What waits in memory is bounded by the
 * number of requests ahead; every chunk is verified before anybody sees it (INV-26).
 */

import { checkAborted, TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { Digest } from '../model/ids.js'
import type { ChunkRef } from '../model/manifest.js'
import { pooledBases } from '../content/replaced.js'
import { LIMITS } from '../protocol/limits.js'
import type { GetChunksAnswer, GetChunksRequest } from '../protocol/messages.js'
import type { HeldChunks } from './held-chunks.js'
import type { Link } from './link.js'
import type { Progress } from './progress.js'

export interface ChunkParts {
  readonly link: Link
  readonly hasher: Hasher
  readonly progress: Progress
}

/**
 * Waits for chunks that are still on their way to the server; false when there is no use in waiting. `came`: others of
 * the same request were there.
 */
export type Patience = (came: boolean, signal: AbortSignal) => Promise<boolean>

const REQUEST_BYTES = 1024 * 1024
const REQUEST_CHUNKS = 4_000
/** Requests under way at a time. */
export const AHEAD = 2

export class ChunkFetch {
  readonly #parts: ChunkParts
  readonly #signal: AbortSignal
  readonly #patience: Patience | null
  readonly #requests: readonly (readonly ChunkRef[])[]
  readonly #running: Promise<Map<Digest, Uint8Array>>[] = []
  readonly #taken: 'once' | 'often'
  readonly #ready = new Map<Digest, Uint8Array>()
  /** Not to be had, and why: a matter of the contents that need them, not of the others in the request. */
  readonly #missing = new Map<Digest, TidemarkError>()
  readonly #held: HeldChunks | null
  /** A delta could not be built here: what was held is not held any more. */
  #edited = false
  #asked = 0
  /** The request that all takers wait for. */
  #arrives: Promise<void> | null = null

  /**
   * `chunks` in the order they will be taken. 'once': each digest is taken once and then let go, for large contents;
   * 'often': kept until the end, for a lot of small ones that may share chunks. What the server lacks is asked for again
   * as long as there is patience. What replaces something in `held` may come as a delta on it.
   */
  constructor(
    parts: ChunkParts,
    chunks: readonly ChunkRef[],
    taken: 'once' | 'often',
    signal: AbortSignal,
    patience: Patience | null = null,
    held: HeldChunks | null = null,
  ) {
    this.#held = held
    this.#parts = parts
    this.#signal = signal
    this.#patience = patience
    this.#taken = taken
    this.#requests = inRequests([...new Map(chunks.map((chunk) => [chunk.digest, chunk])).values()])
  }

  async take(chunk: ChunkRef): Promise<Uint8Array> {
    let bytes = this.#ready.get(chunk.digest)
    while (bytes === undefined) {
      const missing = this.#missing.get(chunk.digest)
      if (missing !== undefined) throw missing
      this.#arrives ??= this.#next(chunk.digest).finally(() => {
        this.#arrives = null
      })
      await this.#arrives
      bytes = this.#ready.get(chunk.digest)
    }
    if (this.#taken === 'once') this.#ready.delete(chunk.digest)
    return bytes
  }

  async #next(wanted: Digest): Promise<void> {
    this.#askAhead()
    const next = this.#running.shift()
    if (next === undefined) throw new TidemarkError('internal', `chunk ${wanted} was not asked for`)
    for (const [digest, fetched] of await next) this.#ready.set(digest, fetched)
    this.#askAhead()
  }

  #askAhead(): void {
    while (this.#running.length < AHEAD && this.#asked < this.#requests.length) {
      const request = this.#ask(this.#requests[this.#asked] ?? [])
      // A failure is met by whoever takes it; until then it must not count as unhandled.
      request.catch(() => undefined)
      this.#running.push(request)
      this.#asked += 1
    }
  }

  async #ask(chunks: readonly ChunkRef[]): Promise<Map<Digest, Uint8Array>> {
    const { hasher, progress } = this.#parts
    const found = new Map<Digest, Uint8Array>()
    const due = new Map(chunks.map((chunk) => [chunk.digest, chunk.length]))
    while (due.size > 0) {
      checkAborted(this.#signal)
      const answer = await this.#answer(due)
      if (answer === null) continue
      const deltas = answer.chunks.filter(({ encoding }) => encoding === 'delta')
      const rebuilt = await this.#held?.rebuild(deltas, due, this.#signal)
      for (const { digest, encoding, bytes } of answer.chunks) {
        const plain = encoding === 'delta' ? rebuilt?.get(digest) : bytes
        const isRight =
          plain !== undefined && due.get(digest) === plain.length && hasher.digest('chunk', plain) === digest
        if (isRight) found.set(digest, plain)
        else if (encoding === 'delta') {
          this.#edited = true
          continue
        } else this.#missing.set(digest, corrupt(digest, 'a chunk does not match its digest'))
        progress.received(due.get(digest) ?? 0)
        due.delete(digest)
      }
      if (answer.chunks.length + answer.absent.length === 0)
        throw new TidemarkError('invalid', 'the server answered none of the chunks asked for', {
          subject: 'get-chunks',
        })
      const absent = answer.absent.filter((digest) => due.has(digest))
      if (absent.length === 0 || (await this.#waits(answer.chunks.length > 0))) continue
      for (const digest of absent) {
        due.delete(digest)
        this.#missing.set(digest, corrupt(digest, 'the server lacks a chunk of a content it names'))
      }
    }
    return found
  }

  /** Null: the server does not know deltas after all. */
  async #answer(due: ReadonlyMap<Digest, number>): Promise<GetChunksAnswer | null> {
    const { link } = this.#parts
    const digests = [...due.keys()]
    const have = this.#have(due)
    try {
      return await link.ask({ type: 'get-chunks', workspace: link.workspace, digests, ...have }, this.#signal)
    } catch (error) {
      if (have.have === undefined || link.knowsDeltas) throw error
      return null
    }
  }

  #have(due: ReadonlyMap<Digest, number>): Pick<GetChunksRequest, 'have'> {
    const held = this.#held
    if (held === null || this.#edited || !this.#parts.link.knowsDeltas) return {}
    const bases = [...due].map(([digest, length]) => held.basesOf({ digest, length }))
    const pool = pooledBases(bases, LIMITS.deltaBytes)
    return pool.size === 0 ? {} : { have: [...pool.keys()] }
  }

  async #waits(came: boolean): Promise<boolean> {
    return this.#patience !== null && (await this.#patience(came, this.#signal))
  }
}

function corrupt(digest: Digest, message: string): TidemarkError {
  return new TidemarkError('corrupt', message, { subject: digest })
}

function inRequests(chunks: readonly ChunkRef[]): readonly (readonly ChunkRef[])[] {
  const requests: ChunkRef[][] = []
  let bytes = 0
  for (const chunk of chunks) {
    const open = requests.at(-1)
    if (open === undefined || bytes + chunk.length > REQUEST_BYTES || open.length >= REQUEST_CHUNKS) {
      requests.push([chunk])
      bytes = chunk.length
    } else {
      open.push(chunk)
      bytes += chunk.length
    }
  }
  return requests
}
