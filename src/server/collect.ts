/**
 * Garbage collection of one workspace, while requests go on: what nothing names is noted, later condemned, later removed,
 * with a lease before each step. Nothing is removed that was named since it was noted: whatever names it, or brings it
 * again, drops the note, and every step is taken only on the very note that stood before the roots were read.
 *
 * Roots are the manifests held: those of live nodes and kept revisions, and those put of late (a note of their own).
 */

import { decodeManifest } from '../content/manifest.js'
import { TidemarkError } from '../errors.js'
import type { ChunkInfo } from '../interfaces/chunk-store.js'
import type { ManifestInfo, MetadataReader, MetadataWriter, OrphanRecord } from '../interfaces/metadata-store.js'
import type { Digest, WorkspaceId } from '../model/ids.js'
import type { Collected, CollectRules } from './collect-rules.js'
import type { ServerContext } from './context.js'
import { OrphanSteps } from './orphan-steps.js'

/** Chunks looked at together: each costs some 150 bytes, and the manifests are read once for each such page. */
const CHUNK_PAGE = 100_000
const LIST_SLICE = 5_000
const MANIFEST_PAGE = 500
/** Bytes of manifests decoded between two pauses. */
const MANIFEST_SLICE = 1024 * 1024
const ORPHAN_PAGE = 500

export class Collection {
  readonly #context: ServerContext
  readonly #workspace: WorkspaceId
  readonly #rules: CollectRules
  readonly #steps: OrphanSteps

  constructor(context: ServerContext, workspace: WorkspaceId, rules: CollectRules) {
    this.#context = context
    this.#workspace = workspace
    this.#rules = rules
    this.#steps = new OrphanSteps({ context, workspace, rules })
  }

  /** Fails with `corrupt`, and removes nothing more, where a manifest that a revision names is not there or not readable. */
  async run(): Promise<Collected> {
    await this.#manifests()
    await this.#chunks()
    if (this.#rules.mode === 'collect') {
      await this.#forgetLost()
      return this.#steps.result(await this.#reclaim())
    }
    return this.#steps.result(null)
  }

  #read<T>(run: (reader: MetadataReader) => Promise<T>): Promise<T> {
    return this.#context.metadata.read(this.#workspace, run)
  }

  async #manifests(): Promise<void> {
    for (let after: Digest | null = null; ; ) {
      const from: Digest | null = after
      const page: ManifestPage = await this.#read((reader) => readManifestPage(reader, from))
      await this.#steps.manifests(page.unnamed, page.named, page.notes)
      await this.#rules.pause()
      if (page.last === null) return
      after = page.last
    }
  }

  async #chunks(): Promise<void> {
    for (let after: Digest | null = null; ; ) {
      const page = await this.#chunkPage(after)
      if (page.length === 0) return
      const notes = await this.#notesOf(page, after)
      const named = await this.#namedOf(page)
      await this.#steps.chunks(page, named, notes)
      after = page.at(-1)?.digest ?? null
      if (page.length < CHUNK_PAGE) return
    }
  }

  async #chunkPage(after: Digest | null): Promise<readonly ChunkInfo[]> {
    const page: ChunkInfo[] = []
    while (page.length < CHUNK_PAGE) {
      const slice = await this.#context.chunks.list(this.#workspace, page.at(-1)?.digest ?? after, LIST_SLICE)
      page.push(...slice)
      await this.#rules.pause()
      if (slice.length < LIST_SLICE) break
    }
    return page
  }

  /** As they stand before the roots are read: what is done later is done to these only. */
  async #notesOf(page: readonly ChunkInfo[], start: Digest | null): Promise<ReadonlyMap<Digest, OrphanRecord>> {
    const notes = new Map<Digest, OrphanRecord>()
    const last = page.at(-1)?.digest ?? ''
    for (let after = start; ; ) {
      const from: Digest | null = after
      const slice: readonly OrphanRecord[] = await this.#read((reader) =>
        reader.orphansAfter('chunk', from, ORPHAN_PAGE),
      )
      for (const note of slice) if (note.digest <= last) notes.set(note.digest, note)
      await this.#rules.pause()
      after = slice.at(-1)?.digest ?? null
      if (after === null || after > last || slice.length < ORPHAN_PAGE) return notes
    }
  }

  /** Those of the page that a held manifest names. */
  async #namedOf(page: readonly ChunkInfo[]): Promise<ReadonlySet<Digest>> {
    const candidates = new Set(page.map(({ digest }) => digest))
    const named = new Set<Digest>()
    for (let after: Digest | null = null; ; ) {
      const from: Digest | null = after
      const infos: readonly ManifestInfo[] = await this.#read((reader) => reader.manifestsAfter(from, MANIFEST_PAGE))
      for (const slice of slicesOf(infos)) {
        const records = await this.#read((reader) => reader.manifests(slice))
        for (const { encoded } of records.values())
          for (const { digest } of decodeManifest(encoded).chunks) if (candidates.has(digest)) named.add(digest)
        await this.#rules.pause()
      }
      if (infos.length < MANIFEST_PAGE) return named
      after = infos.at(-1)?.digest ?? null
    }
  }

  /** Notes of chunks that are not held: a crash came between the removal of the bytes and that of the note. */
  async #forgetLost(): Promise<void> {
    const { chunks, metadata } = this.#context
    for (let after: Digest | null = null; ; ) {
      const from: Digest | null = after
      const slice: readonly OrphanRecord[] = await this.#read((reader) =>
        reader.orphansAfter('chunk', from, ORPHAN_PAGE),
      )
      const digests = slice.map(({ digest }) => digest)
      if ((await chunks.missing(this.#workspace, digests)).length > 0) {
        await metadata.transact(this.#workspace, async (writer: MetadataWriter) => {
          await writer.dropOrphans('chunk', await chunks.missing(this.#workspace, digests))
        })
      }
      await this.#rules.pause()
      if (slice.length < ORPHAN_PAGE) return
      after = digests.at(-1) ?? null
    }
  }

  async #reclaim(): Promise<{ readonly before: number; readonly after: number }> {
    const first = await this.#context.chunks.reclaim(this.#workspace)
    let { before: now, after } = first
    while (after < now) {
      await this.#rules.pause()
      ;({ before: now, after } = await this.#context.chunks.reclaim(this.#workspace))
    }
    return { before: first.before, after }
  }
}

interface ManifestPage {
  readonly unnamed: readonly Digest[]
  readonly named: readonly Digest[]
  readonly notes: ReadonlyMap<Digest, OrphanRecord>
  /** Where the next page begins; null at the end. */
  readonly last: Digest | null
}

/** Manifests and the contents that name them, side by side in one snapshot: both ascend by digest. */
async function readManifestPage(reader: MetadataReader, after: Digest | null): Promise<ManifestPage> {
  const held = await reader.manifestsAfter(after, MANIFEST_PAGE)
  const last = held.length < MANIFEST_PAGE ? null : (held.at(-1)?.digest ?? null)
  const unnamed = new Set(held.map(({ digest }) => digest))
  const named: Digest[] = []
  for (let from = after; ; ) {
    const contents = await reader.contents(from, MANIFEST_PAGE)
    for (const digest of contents) {
      if (last !== null && digest > last) break
      if (!unnamed.delete(digest)) throw lostManifest(digest)
      named.push(digest)
    }
    from = contents.at(-1) ?? null
    if (from === null || contents.length < MANIFEST_PAGE || (last !== null && from >= last)) break
  }
  const notes = await reader.orphans(
    'manifest',
    held.map(({ digest }) => digest),
  )
  return { unnamed: [...unnamed], named, notes, last }
}

function lostManifest(digest: Digest): TidemarkError {
  return new TidemarkError('corrupt', `The manifest ${digest} is named by a revision and is not there.`, {
    subject: digest,
    next: 'Nothing is collected in this workspace until it is repaired: run verify.',
  })
}

/** As many manifests at a time as hold a slice of bytes, one at least. */
function* slicesOf(infos: readonly ManifestInfo[]): Generator<readonly Digest[]> {
  let slice: Digest[] = []
  let bytes = 0
  for (const info of infos) {
    if (slice.length > 0 && bytes + info.bytes > MANIFEST_SLICE) {
      yield slice
      slice = []
      bytes = 0
    }
    slice.push(info.digest)
    bytes += info.bytes
  }
  if (slice.length > 0) yield slice
}
