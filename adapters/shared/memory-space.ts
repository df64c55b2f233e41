/**
 * One workspace of the memory metadata store. Rows are never changed, only added with the sequence or commit that made
 * them, and every read looks through a view: so a reader's snapshot stands still while a writer works, without copies.
 */

import {
  placeKey,
  type DeviceRecord,
  type Digest,
  type HistorySubject,
  type KeptRevision,
  type ManifestRecord,
  type NodeId,
  type OrphanRecord,
  type Revision,
  type Sequence,
  type StoredResult,
  type WorkspaceHead,
} from '../../src/index.js'

/** What a transaction sees. Replaced as a whole when a writer commits. */
export interface View {
  readonly head: WorkspaceHead
  /** Counts committed transactions; rows of later ones are not seen. */
  readonly commit: number
  readonly keptHashes: ReadonlySet<Sequence>
  /** Results put before this time are forgotten. */
  readonly resultsBefore: number
}

export interface TimedResult extends StoredResult {
  readonly at: number
}

function lastWhere<Row>(rows: readonly Row[], fits: (row: Row) => boolean): Row | null {
  for (let at = rows.length - 1; at >= 0; at--) {
    const row = rows[at]
    if (row !== undefined && fits(row)) return row
  }
  return null
}

/** Values under a key, each with the commit that put it. */
export class Versions<Value> {
  readonly #rows = new Map<string, { readonly commit: number; readonly value: Value | null }[]>()

  get(key: string, commit: number): Value | null {
    return lastWhere(this.#rows.get(key) ?? [], (row) => row.commit <= commit)?.value ?? null
  }

  /** Null takes the value away. */
  put(key: string, value: Value | null, commit: number): void {
    const rows = this.#rows.get(key)
    if (rows === undefined) this.#rows.set(key, [{ commit, value }])
    else rows.push({ commit, value })
  }

  keys(): readonly string[] {
    return [...this.#rows.keys()]
  }

  /** Values under keys greater than `after`, ascending by key. */
  *after(after: string, commit: number): Generator<Value> {
    for (const key of [...this.#rows.keys()].filter((each) => each > after).sort()) {
      const value = this.get(key, commit)
      if (value !== null) yield value
    }
  }

  clear(commit: number): void {
    for (const key of this.#rows.keys()) if (this.get(key, commit) !== null) this.put(key, null, commit)
  }

  /** A copy of what was put up to this commit. */
  upTo(commit: number): Versions<Value> {
    const copy = new Versions<Value>()
    for (const [key, rows] of this.#rows) {
      const seen = rows.filter((row) => row.commit <= commit)
      if (seen.length > 0) copy.#rows.set(key, seen)
    }
    return copy
  }

  /** Takes back what an aborted transaction put. */
  drop(commit: number): void {
    for (const [key, rows] of this.#rows) {
      while (rows.at(-1)?.commit === commit) rows.pop()
      if (rows.length === 0) this.#rows.delete(key)
    }
  }
}

export class MemorySpace {
  view: View
  /** Settles when the last writer in line is through. */
  tail: Promise<void> = Promise.resolve()
  manifests = new Versions<ManifestRecord>()
  results = new Versions<TimedResult>()
  devices = new Versions<DeviceRecord>()
  orphans = { chunk: new Versions<OrphanRecord>(), manifest: new Versions<OrphanRecord>() }
  readonly #kept = new Map<NodeId, KeptRevision[]>()
  /** Node of each sequence. */
  readonly #log = new Map<Sequence, NodeId>()
  readonly #hashes = new Map<Sequence, Digest>()
  /** Everything that ever stood at a place, or below a parent. */
  readonly #byPlace = new Map<string, Set<NodeId>>()
  readonly #byParent = new Map<NodeId, Set<NodeId>>()

  constructor(head: WorkspaceHead) {
    this.view = { head, commit: 0, keptHashes: new Set(), resultsBefore: Number.NEGATIVE_INFINITY }
    this.#hashes.set(head.sequence, head.hash)
  }

  /** A copy of what is committed: later writes to either are not seen by the other. */
  copy(): MemorySpace {
    const { head, commit } = this.view
    const copy = new MemorySpace(head)
    copy.view = this.view
    copy.manifests = this.manifests.upTo(commit)
    copy.results = this.results.upTo(commit)
    copy.devices = this.devices.upTo(commit)
    copy.orphans = { chunk: this.orphans.chunk.upTo(commit), manifest: this.orphans.manifest.upTo(commit) }
    for (const rows of this.#kept.values())
      for (const kept of rows) if (kept.revision.sequence <= head.sequence) copy.append(kept)
    for (const [sequence, hash] of this.#hashes) if (sequence <= head.sequence) copy.#hashes.set(sequence, hash)
    return copy
  }

  append(kept: KeptRevision): void {
    const { id, sequence } = kept.revision
    this.#kept.set(id, [...(this.#kept.get(id) ?? []), kept])
    this.#log.set(sequence, id)
    this.#hashes.set(sequence, kept.hash)
    const { parentId, key } = kept.last
    const place = placeKey(parentId, key)
    this.#byPlace.set(place, (this.#byPlace.get(place) ?? new Set()).add(id))
    this.#byParent.set(parentId, (this.#byParent.get(parentId) ?? new Set()).add(id))
  }

  /** Takes back what an aborted transaction appended. */
  truncate(sequence: Sequence): void {
    for (let at = sequence + 1; ; at++) {
      const id = this.#log.get(at)
      if (id === undefined) return
      this.#log.delete(at)
      this.#hashes.delete(at)
      const rows = (this.#kept.get(id) ?? []).filter((kept) => kept.revision.sequence <= sequence)
      if (rows.length === 0) this.#kept.delete(id)
      else this.#kept.set(id, rows)
    }
  }

  #current(view: View, id: NodeId): KeptRevision | null {
    const kept = lastWhere(this.#kept.get(id) ?? [], ({ revision }) => revision.sequence <= view.head.sequence)
    if (kept === null) return null
    return kept.revision.node === null && kept.revision.sequence <= view.head.horizon ? null : kept
  }

  revision(view: View, id: NodeId): Revision | null {
    return this.#current(view, id)?.revision ?? null
  }

  holder(view: View, parentId: NodeId, key: string): Revision | null {
    for (const id of this.#byPlace.get(placeKey(parentId, key)) ?? []) {
      const revision = this.revision(view, id)
      if (revision?.node?.parentId === parentId && revision.node.key === key) return revision
    }
    return null
  }

  children(view: View, parentId: NodeId): readonly Revision[] {
    return this.#live(view, this.#byParent.get(parentId) ?? []).filter(({ node }) => node?.parentId === parentId)
  }

  live(view: View): readonly Revision[] {
    return this.#live(view, this.#kept.keys())
  }

  #live(view: View, ids: Iterable<NodeId>): Revision[] {
    return [...ids].sort().flatMap((id) => {
      const revision = this.revision(view, id)
      return revision === null || revision.node === null ? [] : [revision]
    })
  }

  since(view: View, sequence: Sequence, limit: number): readonly Revision[] {
    const found: Revision[] = []
    for (let at = sequence + 1; at <= view.head.sequence && found.length < limit; at++) {
      const id = this.#log.get(at)
      const revision = id === undefined ? null : this.revision(view, id)
      if (revision?.sequence === at) found.push(revision)
    }
    return found
  }

  hash(view: View, sequence: Sequence): Digest | null {
    if (sequence > view.head.sequence) return null
    const known = sequence === 0 || sequence > view.head.horizon || view.keptHashes.has(sequence)
    return known ? (this.#hashes.get(sequence) ?? null) : null
  }

  history(view: View, id: NodeId, limit: number): readonly KeptRevision[] {
    return this.#visible(view, id).reverse().slice(0, limit)
  }

  keptOf(
    view: View,
    subjects: readonly HistorySubject[],
    before: Sequence | null,
    limit: number,
  ): readonly KeptRevision[] {
    const found = new Map<Sequence, KeptRevision>()
    for (const subject of subjects) {
      for (const id of this.#idsOf(subject)) {
        for (const kept of this.#visible(view, id)) {
          const { sequence } = kept.revision
          if ((before === null || sequence < before) && isOf(kept, subject)) found.set(sequence, kept)
        }
      }
    }
    return [...found.values()].sort((a, b) => b.revision.sequence - a.revision.sequence).slice(0, limit)
  }

  #idsOf(subject: HistorySubject): Iterable<NodeId> {
    switch (subject.of) {
      case 'node':
        return [subject.id]
      case 'place':
        return this.#byPlace.get(placeKey(subject.parentId, subject.key)) ?? []
      case 'deletes':
        return this.#byParent.get(subject.parentId) ?? []
    }
  }

  /** Oldest first. */
  #visible(view: View, id: NodeId): KeptRevision[] {
    const current = this.#current(view, id)
    return (this.#kept.get(id) ?? []).filter(
      (kept) =>
        kept === current ||
        (kept.revision.sequence <= view.head.sequence && kept.revision.sequence > view.head.horizon),
    )
  }

  /** Every kept revision, ascending by sequence. */
  everyKept(view: View): readonly KeptRevision[] {
    return [...this.#kept.keys()]
      .flatMap((id) => this.#visible(view, id))
      .sort((one, other) => one.revision.sequence - other.revision.sequence)
  }
}

function isOf({ revision, last }: KeptRevision, subject: HistorySubject): boolean {
  switch (subject.of) {
    case 'node':
      return revision.id === subject.id
    case 'place':
      return last.parentId === subject.parentId && last.key === subject.key
    case 'deletes':
      return revision.node === null && last.parentId === subject.parentId
  }
}
