/**
 * Brings the contents that a plan needs into staging (DESIGN 5 "Down"): small files together, large ones alone. What
 * cannot be had is left out with a problem; a broken download goes on where it stopped.
 */

import type { TidemarkError } from '../errors.js'
import type { Digest, FileId, NodeId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import type { Node } from '../model/node.js'
import type { CreateOperation, ReplaceOperation } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { ChunkFetch } from './chunk-fetch.js'
import { HeldChunks } from './held-chunks.js'
import { knownError } from './known-error.js'
import { fetchManifests } from './manifest-fetch.js'
import { inParallel } from './parallel.js'
import type { Prefetch } from './prefetch.js'
import {
  fetchesOf,
  SMALL_BYTES,
  type Stage,
  stagedName,
  Staging,
  type StagingParts,
  type WantedContent,
} from './staging.js'

export interface DownloadParts extends StagingParts {
  readonly prefetch: Prefetch
  readonly troubles: { readonly problems: Map<string, Problem> }
  readonly withhold: (id: NodeId) => void
}

/** A finished staged file. */
export interface Staged {
  readonly name: string
  readonly fileId: FileId | null
}

type FileOperation = CreateOperation | ReplaceOperation

interface Job {
  readonly node: Node
  readonly stage: Stage
}

/** What is wanted, and what came of it. */
interface Round {
  readonly manifests: ReadonlyMap<Digest, Manifest>
  readonly staged: Map<NodeId, Staged>
  /** There was no room for them. */
  readonly short: Map<Node, TidemarkError>
  readonly signal: AbortSignal
}

const BATCH_BYTES = 2 * 1024 * 1024
/** Open at once in a lot. */
const BATCH_FILES = 256
const LOTS_AT_ONCE = 2
/** What is asked for in one turn costs the store one message. */
const FILES_AT_ONCE = 64

export class Downloads {
  readonly #parts: DownloadParts
  readonly #staging: Staging

  constructor(parts: DownloadParts) {
    this.#parts = parts
    this.#staging = new Staging(parts)
  }

  /** Stages the contents of the operations. Those that cannot be had are left out, with a problem. */
  async stage(operations: readonly FileOperation[], signal: AbortSignal): Promise<ReadonlyMap<NodeId, Staged>> {
    const manifests = await fetchManifests(
      this.#parts,
      operations.flatMap(({ node }) =>
        node.content === null ? [] : [{ digest: node.content, base: this.#staging.contentHere(node.id) }],
      ),
      signal,
    )
    const round: Round = { manifests, staged: new Map(), short: new Map(), signal }
    await inParallel(inLots(operations), LOTS_AT_ONCE, (lot) => this.#stageLot(lot, round))
    if (round.short.size > 1) await this.#tryShort(operations, round)
    for (const [node, error] of round.short) this.#noSpace(node, error)
    return round.staged
  }

  /** What one of them had taken when there was no room for another is free again: the smallest first, as long as they fit. */
  async #tryShort(operations: readonly FileOperation[], round: Round): Promise<void> {
    const { short } = round
    const bySize = operations.filter(({ node }) => short.has(node)).sort((a, b) => a.node.size - b.node.size)
    for (const operation of bySize) {
      short.delete(operation.node)
      await this.#stageLot([operation], round)
      if (short.has(operation.node)) return
    }
  }

  async #stageLot(lot: readonly FileOperation[], round: Round): Promise<void> {
    const { staged, signal } = round
    const open = new Set<Job>()
    try {
      const jobs: Job[] = []
      await inParallel(lot.entries(), FILES_AT_ONCE, async ([at, { node }]) => {
        const stage = await this.#open(node, round)
        if (stage === null) return
        jobs[at] = { node, stage }
        open.add(jobs[at])
      })
      const opened = jobs.filter((job) => job !== undefined)
      const chunks = opened.flatMap(({ stage }) => fetchesOf(stage))
      const held = new HeldChunks(
        this.#parts.local,
        opened.map(({ stage }) => stage),
      )
      const fetch = new ChunkFetch(this.#parts, chunks, lot.length === 1 ? 'once' : 'often', signal, null, held)
      await inParallel(opened, FILES_AT_ONCE, async (job) => {
        const file = await this.#assemble(job, fetch, round)
        open.delete(job)
        if (file !== null) staged.set(job.node.id, file)
      })
    } finally {
      for (const { stage } of open) await stage.file.suspend()
    }
  }

  /** Null when its manifest is not to be had, or there is no room for one more file, however small. */
  async #open(node: Node, { manifests, short, signal }: Round): Promise<Stage | null> {
    const { id, content, size } = node
    const manifest = content === null ? undefined : manifests.get(content)
    if (content === null || manifest?.size !== size) {
      this.#refuse(node)
      return null
    }
    const wanted: WantedContent = { id, content, size }
    const verified = await this.#parts.prefetch.take(stagedName(wanted.id, wanted.content), signal)
    try {
      return await this.#staging.open(wanted, manifest, verified, signal)
    } catch (error) {
      const known = knownError(error)
      if (known.code !== 'no-space') throw error
      short.set(node, known)
      return null
    }
  }

  /** Null when there is no room for it, or the server does not hold what it names. */
  async #assemble({ node, stage }: Job, fetch: ChunkFetch, { short, signal }: Round): Promise<Staged | null> {
    const { name, file } = stage
    try {
      await this.#staging.fill(stage, fetch, signal)
      const { fileId } = await file.finish({ modifiedAt: node.modifiedAt, executable: node.executable })
      return { name, fileId }
    } catch (error) {
      const known = knownError(error)
      if (known.code !== 'no-space' && known.code !== 'corrupt') throw error
      await file.discard()
      if (known.code === 'no-space') short.set(node, known)
      else this.#refuse(node)
      return null
    }
  }

  #refuse(node: Node): void {
    this.#trouble(node, 'write-failed', 'The server does not hold the content it names; it is asked for again later.')
  }

  #noSpace(node: Node, error: TidemarkError): void {
    const message = `There is no room for this file: ${error.message}. Free space, then it goes on by itself.`
    this.#trouble(node, 'no-space', message)
  }

  #trouble(node: Node, code: Problem['code'], message: string): void {
    const { state, troubles, withhold } = this.#parts
    const path = `${state.trees.localPath(node.parentId) ?? ''}/${node.name}`.replace(/^\//, '')
    troubles.problems.set(path, { path, code, message })
    withhold(node.id)
  }
}

/** Small files together, large ones alone. */
function* inLots(operations: readonly FileOperation[]): Generator<readonly FileOperation[]> {
  let lot: FileOperation[] = []
  let bytes = 0
  for (const operation of operations) {
    const { size } = operation.node
    if (size >= SMALL_BYTES) {
      yield [operation]
      continue
    }
    if (lot.length >= BATCH_FILES || (lot.length > 0 && bytes + size > BATCH_BYTES)) {
      yield lot
      lot = []
      bytes = 0
    }
    lot.push(operation)
    bytes += size
  }
  if (lot.length > 0) yield lot
}
