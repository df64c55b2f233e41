/**
 * What garbage collection does with what it found, in short transactions: note, condemn, remove, or let go. Each step
 * looks again at the note inside the transaction: a note that moved means that somebody named the thing or brought it again.
 */

import type { ChunkInfo } from '../interfaces/chunk-store.js'
import type { MetadataWriter, OrphanKind, OrphanRecord } from '../interfaces/metadata-store.js'
import type { Digest, WorkspaceId } from '../model/ids.js'
import type { Collected, CollectRules } from './collect-rules.js'
import type { ServerContext } from './context.js'

type Notes = ReadonlyMap<Digest, OrphanRecord>
type Step = 'note' | 'condemn' | 'remove' | 'let-go' | 'wait'

interface Parts {
  readonly context: ServerContext
  readonly workspace: WorkspaceId
  readonly rules: CollectRules
}

/** Orphans of one transaction: others wait while it runs. */
const BATCH = 256

export class OrphanSteps {
  readonly #parts: Parts
  #chunks = 0
  #unnamed = { chunks: 0, bytes: 0 }
  #noted = 0
  #condemned = 0
  #kept = 0
  #removed = { chunks: 0, bytes: 0 }
  #forgottenManifests = 0

  constructor(parts: Parts) {
    this.#parts = parts
  }

  result(stored: Collected['stored']): Collected {
    return {
      chunks: this.#chunks,
      unnamed: this.#unnamed,
      noted: this.#noted,
      condemned: this.#condemned,
      kept: this.#kept,
      removed: this.#removed,
      forgottenManifests: this.#forgottenManifests,
      stored,
    }
  }

  /** Manifests take one lease only: without one a commit is answered `need-manifest`, and no bytes are lost. */
  async manifests(unnamed: readonly Digest[], named: readonly Digest[], notes: Notes): Promise<void> {
    const kept = named.filter((digest) => notes.has(digest))
    await this.#inBatches(kept, (writer, part) => writer.dropOrphans('manifest', part))
    const fresh = unnamed.filter((digest) => !notes.has(digest))
    await this.#inBatches(fresh, (writer, part) => this.#note(writer, 'manifest', part))
    const due = unnamed.filter((digest) => this.#isOver(notes.get(digest)?.notedAt))
    this.#forgottenManifests += await this.#inBatches(due, async (writer, part) => {
      const still = await unmoved(writer, 'manifest', part, notes)
      await writer.dropManifests(still)
      await writer.dropOrphans('manifest', still)
      return still.length
    })
  }

  async chunks(page: readonly ChunkInfo[], named: ReadonlySet<Digest>, notes: Notes): Promise<void> {
    const lengths = new Map(page.map(({ digest, length }) => [digest, length]))
    const steps: Record<Step, Digest[]> = { note: [], condemn: [], remove: [], 'let-go': [], wait: [] }
    for (const { digest, length } of page) {
      steps[this.#stepOf(named.has(digest), notes.get(digest))].push(digest)
      if (named.has(digest)) continue
      this.#unnamed = { chunks: this.#unnamed.chunks + 1, bytes: this.#unnamed.bytes + length }
    }
    this.#chunks += page.length
    this.#kept += await this.#inBatches(steps['let-go'], (writer, part) => writer.dropOrphans('chunk', part))
    this.#noted += await this.#inBatches(steps.note, (writer, part) => this.#note(writer, 'chunk', part))
    this.#condemned += await this.#inBatches(steps.condemn, async (writer, part) => {
      const still = await unmoved(writer, 'chunk', part, notes)
      const condemnedAt = this.#parts.context.clock.now()
      await writer.putOrphans(still.flatMap((digest) => withTime(notes.get(digest), condemnedAt)))
      return still.length
    })
    await this.#remove(steps.remove, notes, lengths)
  }

  #stepOf(isNamed: boolean, note: OrphanRecord | undefined): Step {
    if (isNamed) return note === undefined ? 'wait' : 'let-go'
    if (note === undefined) return 'note'
    if (note.condemnedAt === null) return this.#isOver(note.notedAt) ? 'condemn' : 'wait'
    return this.#isOver(note.condemnedAt) ? 'remove' : 'wait'
  }

  /** The bytes go inside the transaction, so that no commit slips between the look and the removal. */
  async #remove(digests: readonly Digest[], notes: Notes, lengths: ReadonlyMap<Digest, number>): Promise<void> {
    const { context, workspace, rules } = this.#parts
    const gone: Digest[] = rules.mode === 'report' ? [...digests] : []
    await this.#inBatches(digests, async (writer, part) => {
      const still = await unmoved(writer, 'chunk', part, notes)
      await context.chunks.remove(workspace, still)
      await writer.dropOrphans('chunk', still)
      gone.push(...still)
    })
    const bytes = gone.reduce((sum, digest) => sum + (lengths.get(digest) ?? 0), 0)
    this.#removed = { chunks: this.#removed.chunks + gone.length, bytes: this.#removed.bytes + bytes }
  }

  #isOver(since: number | undefined): boolean {
    return since !== undefined && this.#parts.context.clock.now() - since >= this.#parts.rules.leaseMs
  }

  async #note(writer: MetadataWriter, kind: OrphanKind, digests: readonly Digest[]): Promise<void> {
    const notedAt = this.#parts.context.clock.now()
    await writer.putOrphans(digests.map((digest) => ({ kind, digest, notedAt, condemnedAt: null })))
  }

  /** How many were done (all, where `run` tells no number); in a report, how many would be. */
  async #inBatches(
    digests: readonly Digest[],
    run: (writer: MetadataWriter, part: readonly Digest[]) => Promise<unknown>,
  ): Promise<number> {
    const { context, workspace, rules } = this.#parts
    if (rules.mode === 'report') return digests.length
    let done = 0
    for (let at = 0; at < digests.length; at += BATCH) {
      const part = digests.slice(at, at + BATCH)
      const count = await context.metadata.transact(workspace, (writer) => run(writer, part))
      done += typeof count === 'number' ? count : part.length
      await rules.pause()
    }
    return done
  }
}

function withTime(note: OrphanRecord | undefined, condemnedAt: number): readonly OrphanRecord[] {
  return note === undefined ? [] : [{ ...note, condemnedAt }]
}

/** Those whose note is the one that stood before the roots were read. */
async function unmoved(
  writer: MetadataWriter,
  kind: OrphanKind,
  digests: readonly Digest[],
  notes: Notes,
): Promise<readonly Digest[]> {
  const now = await writer.orphans(kind, digests)
  return digests.filter((digest) => {
    const note = now.get(digest)
    const known = notes.get(digest)
    return note !== undefined && note.notedAt === known?.notedAt && note.condemnedAt === known.condemnedAt
  })
}
