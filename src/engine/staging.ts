/**
 * Puts one content together in staging: what this device has is copied, the rest taken from a fetch, every chunk
 * verified. Nothing visible changes, and what a broken run left is gone on with.
 */

import { type CopyPlan, type CopySource, type CopyStep, planCopies } from '../content/copy-plan.js'
import type { Hasher } from '../interfaces/hasher.js'
import type { LocalStore, StagedFile } from '../interfaces/local-store.js'
import type { Digest, NodeId } from '../model/ids.js'
import type { ChunkRef, Manifest } from '../model/manifest.js'
import type { LocalNode } from '../model/tree.js'
import { ChunkFetch } from './chunk-fetch.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import type { ManifestShelf } from './manifest-shelf.js'
import type { Progress } from './progress.js'

type Step<Type> = Extract<CopyStep<SourceName>, { readonly type: Type }>

export interface StagingParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly link: Link
  readonly shelf: ManifestShelf
  readonly hasher: Hasher
  readonly progress: Progress
}

/** A content of a node. */
export interface WantedContent {
  readonly id: NodeId
  readonly content: Digest
  /** In bytes. */
  readonly size: number
}

/** Where bytes can be copied from: a file of the synced tree, as it was observed. */
interface SourceName {
  readonly path: string
  readonly local: LocalNode
}

/** An open staged file, and how the rest of it comes together. */
export interface Stage {
  readonly name: string
  readonly file: StagedFile
  readonly wanted: Manifest
  /** What the node holds here now, which `wanted` is to replace. */
  readonly old: CopySource<SourceName> | null
  readonly copies: CopyPlan<SourceName>
  /** Bytes an earlier run staged and that still are right. */
  readonly have: number
}

/** Contents with fewer bytes share requests, and are not worth a search of the disk for their like. */
export const SMALL_BYTES = 256 * 1024
const COPY_BYTES = 1024 * 1024

/** One name per node and content, so that a later run finds what an earlier one left. */
export function stagedName(id: NodeId, content: Digest): string {
  return `${content.slice(0, 40)}-${id.slice(0, 16)}`
}

export class Staging {
  readonly #parts: StagingParts
  /** Nodes on this disk by content; made when the first large content is wanted. */
  #byContent: Map<Digest, NodeId> | null = null

  constructor(parts: StagingParts) {
    this.#parts = parts
  }

  contentHere(id: NodeId): Digest | null {
    return this.#parts.state.trees.localNode(id)?.node.content ?? null
  }

  /** Opens the staged file. The first `verified` bytes of what it holds were checked by this very process. */
  async open(wanted: WantedContent, manifest: Manifest, verified: number, signal: AbortSignal): Promise<Stage> {
    const sources = await this.#sources(wanted)
    const copies = planCopies(manifest, sources)
    const name = stagedName(wanted.id, wanted.content)
    const file = await this.#parts.local.stage(name, { signal, resume: true })
    const old = sources.find(({ name: { local } }) => local.node.id === wanted.id) ?? null
    return { name, file, wanted: manifest, old, copies, have: await this.#keptPrefix(file, manifest, verified) }
  }

  /** Writes what is not there yet. `fetch` gives the chunks of `fetchesOf`. */
  async fill(stage: Stage, fetch: ChunkFetch, signal: AbortSignal): Promise<void> {
    for (const step of stage.copies.steps) {
      if (step.type === 'copy') await this.#copy(stage, step, signal)
      else await this.#take(stage, step, fetch, signal)
    }
  }

  /** The old content of the node, and any file here with the very content. */
  async #sources({ id: node, content, size }: WantedContent): Promise<readonly CopySource<SourceName>[]> {
    const ids = new Set<NodeId>([node])
    const twin = size >= SMALL_BYTES ? this.#twin(content) : undefined
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
        const found = this.contentHere(id)
        if (found !== null) this.#byContent.set(found, id)
      }
    }
    return this.#byContent.get(content)
  }

  /** Whole chunks of the wanted content that were staged before; a torn tail is cut off. */
  async #keptPrefix(file: StagedFile, manifest: Manifest, verified: number): Promise<number> {
    const { hasher } = this.#parts
    let kept = 0
    for (const { digest, length } of manifest.chunks) {
      const end = kept + length
      if (end > file.written) break
      if (end > verified && hasher.digest('chunk', await file.read(kept, length)) !== digest) break
      kept = end
    }
    if (kept < file.written) await file.truncate(kept)
    return kept
  }

  /** Copied and checked by the store; what does not lie there any more is fetched after all. */
  async #copy({ file, have }: Stage, step: Step<'copy'>, signal: AbortSignal): Promise<void> {
    const { path, local } = step.source
    const due = chunksBehind(step, have)
    while (due.length > 0) {
      const offset = step.from + file.written - step.to
      due.splice(0, await file.copy({ path, stamp: local.stamp, offset }, due, { signal }))
      const [missing] = due.splice(0, 1)
      if (missing !== undefined) await file.write(await this.#fetched(missing, signal), { signal })
    }
  }

  #fetched(chunk: ChunkRef, signal: AbortSignal): Promise<Uint8Array> {
    return new ChunkFetch(this.#parts, [chunk], 'once', signal).take(chunk)
  }

  /** Groups of chunks one after the other: the next is read while this one is checked, the one before it written. */
  async #take(
    { file, have }: Stage,
    step: Step<'fetch' | 'repeat'>,
    fetch: ChunkFetch,
    signal: AbortSignal,
  ): Promise<void> {
    const groups = [...inGroups(step, have)]
    let reading = this.#read(file, step, groups[0])
    let writing = Promise.resolve()
    try {
      for (const [index, group] of groups.entries()) {
        const found = await reading
        reading = this.#read(file, step, groups[index + 1])
        const bytes = await this.#checked(group, found, fetch, signal)
        await writing
        writing = file.write(bytes, { signal })
        writing.catch(() => undefined)
      }
      await writing
    } finally {
      await Promise.allSettled([reading, writing])
    }
  }

  /** What an earlier step wrote; null: it is fetched. */
  async #read(
    file: StagedFile,
    step: Step<'fetch' | 'repeat'>,
    group: ChunkGroup | undefined,
  ): Promise<Uint8Array | null> {
    if (group === undefined || step.type === 'fetch') return null
    return file.read(step.from + group.at - step.to, group.length)
  }

  /** Repeated bytes are believed chunk by chunk, too. */
  async #checked(
    { chunks, length }: ChunkGroup,
    found: Uint8Array | null,
    fetch: ChunkFetch,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    let bytes = found ?? new Uint8Array(length)
    let offset = 0
    for (const chunk of chunks) {
      const here = bytes.subarray(offset, offset + chunk.length)
      if (found === null || this.#parts.hasher.digest('chunk', here) !== chunk.digest) {
        const fetched = await (found === null ? fetch.take(chunk) : this.#fetched(chunk, signal))
        if (bytes === found) {
          // A store may hand out what it keeps, and less than it was asked for.
          bytes = new Uint8Array(length)
          bytes.set(found)
        }
        bytes.set(fetched, offset)
      }
      offset += chunk.length
    }
    return bytes
  }
}

/** What has to be asked for: the chunks of fetch steps that are not staged yet. */
export function fetchesOf({ copies, have }: Stage): readonly ChunkRef[] {
  const chunks: ChunkRef[] = []
  for (const step of copies.steps) {
    if (step.type === 'fetch') chunks.push(...chunksBehind(step, have))
  }
  return chunks
}

/** Without the chunks that end within the first `have` bytes of the wanted content. */
function chunksBehind({ to, chunks }: CopyStep<SourceName>, have: number): ChunkRef[] {
  let end = to
  return chunks.filter(({ length }) => (end += length) > have)
}

/** Chunks of one step that lie one behind the other: one read and one write. */
interface ChunkGroup {
  readonly chunks: readonly ChunkRef[]
  /** Offset in the wanted content, in bytes. */
  readonly at: number
  readonly length: number
}

/** Without the chunks that end within the first `have` bytes of the wanted content. */
function* inGroups(step: CopyStep<SourceName>, have: number): Generator<ChunkGroup> {
  let group: ChunkRef[] = []
  let at = Math.max(step.to, have)
  let length = 0
  for (const chunk of chunksBehind(step, have)) {
    if (group.length > 0 && length + chunk.length > COPY_BYTES) {
      yield { chunks: group, at, length }
      at += length
      group = []
      length = 0
    }
    group.push(chunk)
    length += chunk.length
  }
  if (group.length > 0) yield { chunks: group, at, length }
}
