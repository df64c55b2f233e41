/**
 * Puts contents together in staging (DESIGN 5 "Down"): first from what this device has, the rest from the server, every
 * chunk verified. Nothing visible changes; a broken download goes on where it stopped.
 */

import { type CopySource, type CopyStep, planCopies } from '../content/copy-plan.js'
import { isTidemarkError, type TidemarkError } from '../errors.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore, StagedFile } from '../interfaces/local-store.js'
import type { Digest, FileId, NodeId } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import type { Node } from '../model/node.js'
import type { CreateOperation, ReplaceOperation } from '../model/plan.js'
import type { LocalNode } from '../model/tree.js'
import type { Problem } from '../model/problem.js'
import { ChunkFetch } from './chunk-fetch.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import { fetchManifests } from './manifest-fetch.js'
import type { ManifestShelf } from './manifest-shelf.js'
import { inParallel } from './parallel.js'
import type { Progress } from './progress.js'

export interface DownloadParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly link: Link
  readonly shelf: ManifestShelf
  readonly hasher: Hasher
  readonly progress: Progress
  readonly troubles: { readonly problems: Map<string, Problem> }
  readonly withhold: (id: NodeId) => void
}

/** A finished staged file. */
export interface Staged {
  readonly name: string
  readonly fileId: FileId | null
}

type FileOperation = CreateOperation | ReplaceOperation

/** Where bytes can be copied from: a file of the synced tree, as it was observed. */
interface SourceName {
  readonly path: string
  readonly local: LocalNode
}

/** Contents with fewer bytes share requests. */
const SMALL_BYTES = 256 * 1024
const BATCH_BYTES = 2 * 1024 * 1024
const BATCH_FILES = 32
const AT_ONCE = 4
const COPY_BYTES = 1024 * 1024

/** One name per node and content, so that a later run finds what an earlier one left. */
export function stagedName(id: NodeId, content: Digest): string {
  return `${content.slice(0, 40)}-${id.slice(0, 16)}`
}

export class Downloads {
  readonly #parts: DownloadParts
  /** Nodes on this disk by content; made when the first large content is wanted. */
  #byContent: Map<Digest, NodeId> | null = null

  constructor(parts: DownloadParts) {
    this.#parts = parts
  }

  /** Stages the contents of the operations. Those that cannot be had are left out, with a problem. */
  async stage(operations: readonly FileOperation[], signal: AbortSignal): Promise<Map<NodeId, Staged>> {
    const staged = new Map<NodeId, Staged>()
    const manifests = await fetchManifests(
      this.#parts,
      operations.flatMap(({ node }) =>
        node.content === null ? [] : [{ digest: node.content, base: this.#contentHere(node.id) }],
      ),
      signal,
    )
    await inParallel(inLots(operations), AT_ONCE, (lot) => this.#stageLot(lot, manifests, staged, signal))
    return staged
  }

  async #stageLot(
    lot: readonly FileOperation[],
    manifests: ReadonlyMap<Digest, Manifest>,
    staged: Map<NodeId, Staged>,
    signal: AbortSignal,
  ): Promise<void> {
    const jobs: Job[] = []
    try {
      for (const operation of lot) {
        const manifest = operation.node.content === null ? undefined : manifests.get(operation.node.content)
        if (manifest === undefined || manifest.size !== operation.node.size) this.#refuse(operation.node)
        else jobs.push(await this.#prepare(operation.node, manifest, signal))
      }
      const fetch = new ChunkFetch(this.#parts, jobs.flatMap(fetchesOf), lot.length === 1 ? 'once' : 'often', signal)
      for (let job = jobs[0]; job !== undefined; job = jobs[0]) {
        const file = await this.#assemble(job, fetch, signal)
        jobs.shift()
        if (file !== null) staged.set(job.node.id, file)
      }
    } finally {
      for (const job of jobs) await job.file.suspend()
    }
  }

  #contentHere(id: NodeId): Digest | null {
    return this.#parts.state.trees.localNode(id)?.node.content ?? null
  }

  #refuse(node: Node): void {
    const { state, troubles, withhold } = this.#parts
    const path = `${state.trees.localPath(node.parentId) ?? ''}/${node.name}`.replace(/^\//, '')
    troubles.problems.set(path, {
      path,
      code: 'write-failed',
      message: 'The server does not hold the content it names; it is asked for again later.',
    })
    withhold(node.id)
  }

  async #prepare(node: Node, manifest: Manifest, signal: AbortSignal): Promise<Job> {
    const copies = planCopies(manifest, await this.#sources(node))
    const name = stagedName(node.id, node.content as Digest)
    const file = await this.#parts.local.stage(name, { signal, resume: true })
    return { node, name, file, copies, have: await this.#keptPrefix(file, manifest) }
  }

  /** The old content of the node, and any file here with the very content. */
  async #sources(node: Node): Promise<readonly CopySource<SourceName>[]> {
    const ids = new Set<NodeId>([node.id])
    const twin = node.size >= SMALL_BYTES && node.content !== null ? this.#twin(node.content) : undefined
    if (twin !== undefined) ids.add(twin)
    const sources: CopySource<SourceName>[] = []
    for (const id of ids) {
      const { trees } = this.#parts.state
      const local = trees.localNode(id)
      const path = local === null ? null : trees.localPath(id)
      const manifest = local?.node.content == null ? null : await this.#parts.shelf.get(local.node.content)
      if (local !== null && path !== null && manifest !== null) sources.push({ name: { path, local }, manifest })
    }
    return sources
  }

  #twin(content: Digest): NodeId | undefined {
    if (this.#byContent === null) {
      this.#byContent = new Map()
      for (const id of this.#parts.state.trees.nodesHere()) {
        const found = this.#contentHere(id)
        if (found !== null) this.#byContent.set(found, id)
      }
    }
    return this.#byContent.get(content)
  }

  /** Null when there is no room for it. */
  async #assemble(job: Job, fetch: ChunkFetch, signal: AbortSignal): Promise<Staged | null> {
    const { node, name, file } = job
    try {
      for (const step of job.copies.steps) await this.#take(job, step, fetch, signal)
      const { fileId } = await file.finish({ modifiedAt: node.modifiedAt, executable: node.executable })
      return { name, fileId }
    } catch (error) {
      if (!isTidemarkError(error) || (error.code !== 'no-space' && error.code !== 'corrupt')) throw error
      await file.discard()
      if (error.code === 'no-space') this.#noSpace(node, error)
      else this.#refuse(node)
      return null
    }
  }

  #noSpace(node: Node, error: TidemarkError): void {
    const { state, troubles, withhold } = this.#parts
    const path = `${state.trees.localPath(node.parentId) ?? ''}/${node.name}`.replace(/^\//, '')
    troubles.problems.set(path, {
      path,
      code: 'no-space',
      message: `There is no room for this file: ${error.message}. Free space, then it goes on by itself.`,
    })
    withhold(node.id)
  }

  /** Whole chunks of the wanted content that an earlier run staged; a torn tail is cut off. */
  async #keptPrefix(file: StagedFile, manifest: Manifest): Promise<number> {
    let kept = 0
    for (const { digest, length } of manifest.chunks) {
      if (kept + length > file.written) break
      if (this.#parts.hasher.digest('chunk', await file.read(kept, length)) !== digest) break
      kept += length
    }
    if (kept < file.written) await file.truncate(kept)
    return kept
  }

  async #take({ file, have }: Job, step: CopyStep<SourceName>, fetch: ChunkFetch, signal: AbortSignal): Promise<void> {
    let at = step.to
    for (const group of inGroups(step.chunks)) {
      const end = at + group.reduce((sum, chunk) => sum + chunk.length, 0)
      if (end <= have) {
        at = end
        continue
      }
      const from = step.type === 'fetch' ? 0 : step.from + (at - step.to)
      const bytes =
        step.type === 'repeat'
          ? await file.read(from, end - at)
          : step.type === 'copy'
            ? await this.#copy(step.source, from, end - at)
            : null
      let offset = 0
      for (const chunk of group) {
        if (at + chunk.length > have)
          await file.write(
            await this.#chunk(chunk, bytes?.subarray(offset, offset + chunk.length), step, fetch, signal),
            { signal },
          )
        at += chunk.length
        offset += chunk.length
      }
    }
  }

  /** Copied bytes are believed chunk by chunk; what is not there any more is fetched after all. */
  async #chunk(
    chunk: ChunkRef,
    copied: Uint8Array | undefined,
    step: CopyStep<SourceName>,
    fetch: ChunkFetch,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    if (step.type === 'fetch') return fetch.take(chunk)
    if (copied !== undefined && this.#parts.hasher.digest('chunk', copied) === chunk.digest) return copied
    return new ChunkFetch(this.#parts, [chunk], 'once', signal).take(chunk)
  }

  async #copy(source: SourceName, offset: number, length: number): Promise<Uint8Array | null> {
    const result = await this.#parts.local.read(source.path, source.local.stamp, [{ offset, length }])
    return result.state === 'read' ? (result.parts[0] ?? null) : null
  }
}

interface Job {
  readonly node: Node
  readonly name: string
  readonly file: StagedFile
  readonly copies: ReturnType<typeof planCopies<SourceName>>
  /** Bytes an earlier run staged and that still are right. */
  readonly have: number
}

/** What has to be asked for: the chunks of fetch steps that are not staged yet. */
function fetchesOf({ copies, have }: Job): readonly ChunkRef[] {
  const chunks: ChunkRef[] = []
  for (const step of copies.steps) {
    if (step.type !== 'fetch') continue
    let end = step.to
    for (const chunk of step.chunks) {
      end += chunk.length
      if (end > have) chunks.push(chunk)
    }
  }
  return chunks
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

function* inGroups(chunks: readonly ChunkRef[]): Generator<readonly ChunkRef[]> {
  let group: ChunkRef[] = []
  let bytes = 0
  for (const chunk of chunks) {
    if (group.length > 0 && bytes + chunk.length > COPY_BYTES) {
      yield group
      group = []
      bytes = 0
    }
    group.push(chunk)
    bytes += chunk.length
  }
  if (group.length > 0) yield group
}
