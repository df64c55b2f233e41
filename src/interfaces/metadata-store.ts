/**
 * The server database behind the commit rules. One serial transaction per workspace; no policy.
 * Every call names the workspace first. Batch-shaped: no caller loops over single rows.
 */

import type { HistorySubject } from '../model/history.js'
import type { ContentRule } from '../model/manifest.js'
import type { Digest, Epoch, NodeId, Sequence, WorkspaceId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Revision } from '../model/revision.js'

/** A workspace, and how far its history is. */
export interface WorkspaceHead {
  /** Drawn by the server; first part of every key. */
  readonly id: WorkspaceId
  /** Id of the user whose workspace it is. */
  readonly owner: string
  /** As its user knows it; unique for its owner. */
  readonly name: string
  /** Identity of this history. */
  readonly epoch: Epoch
  /** Highest sequence given. 0 before the first change. */
  readonly sequence: Sequence
  /** hash(sequence). */
  readonly hash: Digest
  /** Sequences at or below it may be forgotten; 0 keeps all. */
  readonly horizon: Sequence
  /** How content is cut and named; fixed when the workspace is made. */
  readonly rule: ContentRule
}

/** A revision as kept: a tombstone remembers the node's last state, so that history can find it by place. */
export interface KeptRevision {
  /** The revision as it is fed to devices. */
  readonly revision: Revision
  /** State before a delete; equals revision.node when live. */
  readonly last: Node
  /** Server wall time of acceptance, ms. */
  readonly acceptedAt: number
  /** hash(sequence) of the workspace after this revision. */
  readonly hash: Digest
}

/** The stored answer of a commit, under (principal, key). */
export interface StoredResult {
  /** Digest of the change list the key was first used with. */
  readonly digest: Digest
  /** Opaque to the store. */
  readonly answer: Uint8Array
}

/** A manifest as stored. */
export interface ManifestRecord {
  /** Digest of `encoded`, in domain `manifest`. */
  readonly digest: Digest
  /** Canonical encoding (content/manifest.ts). */
  readonly encoded: Uint8Array
}

/** How far a device of a workspace was when it was heard of last. */
export interface DeviceRecord {
  /** Id that the device drew for this workspace. */
  readonly device: string
  /** The session nonce this server expects next, and the one before. */
  readonly nonce: string | null
  /** Sequence of its last cursor. */
  readonly cursorSequence: Sequence
  /** Sequence of its last witness. */
  readonly witnessSequence: Sequence
  /** Wall time of its last hello, ms. */
  readonly seenAt: number
}

/** What garbage collection collects. */
export type OrphanKind = 'chunk' | 'manifest'

/** A chunk or manifest that garbage collection found named by nothing. Condemned, it counts as absent. */
export interface OrphanRecord {
  /** Which of the two it is. */
  readonly kind: OrphanKind
  /** Digest of the chunk or manifest. */
  readonly digest: Digest
  /** Server wall time at which it was first found, ms. */
  readonly notedAt: number
  /** Server wall time from which on it counts as absent, ms; null before. */
  readonly condemnedAt: number | null
}

/** A manifest in a listing. */
export interface ManifestInfo {
  /** Digest of its encoding. */
  readonly digest: Digest
  /** Of its encoding. */
  readonly bytes: number
}

/** Reads one workspace, as of one moment. */
export interface MetadataReader {
  /** META-1 As of the start of the transaction plus its own writes. */
  head(): Promise<WorkspaceHead>
  /** META-2 Current revision of each id, tombstones too; absent ids are left out. */
  revisions(ids: readonly NodeId[]): Promise<ReadonlyMap<NodeId, Revision>>
  /** META-3 The live node at each place (parent, key), in the order asked, null where there is none. Keys compare by exact code points. */
  holders(places: readonly { readonly parentId: NodeId; readonly key: string }[]): Promise<readonly (Revision | null)[]>
  /** META-4 Live children of a directory, ascending by id, after `after`, at most `limit`. */
  children(parentId: NodeId, after: NodeId | null, limit: number): Promise<readonly Revision[]>
  /** META-5 Current revision of every node with sequence > `sequence`, ascending by sequence, at most `limit`: each node once, at its latest. */
  since(sequence: Sequence, limit: number): Promise<readonly Revision[]>
  /** META-6 Live nodes ascending by id, after `after`, at most `limit`. */
  live(after: NodeId | null, limit: number): Promise<readonly Revision[]>
  /** META-7 hash(n) for each n still remembered. hash(0) is remembered always. */
  hashes(sequences: readonly Sequence[]): Promise<ReadonlyMap<Sequence, Digest>>
  /** META-8 All kept revisions of a node, newest first. */
  history(id: NodeId, limit: number): Promise<readonly KeptRevision[]>
  /**
   * META-19 Kept revisions of the nodes, those that stood at the places, and the tombstones of nodes whose last place was
   * in the directories: each once, with sequence < `before` (null: all), newest first, at most `limit`.
   */
  kept(subjects: readonly HistorySubject[], before: Sequence | null, limit: number): Promise<readonly KeptRevision[]>
  /** By digest; those that are not held are left out. */
  manifests(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ManifestRecord>>
  /** The stored answer under this principal and key; null when there is none. */
  result(principal: string, key: string): Promise<StoredResult | null>
  /** Null for one that was never heard of. */
  device(device: string): Promise<DeviceRecord | null>
  /** META-18 Every device of the workspace, ascending by device id: their last cursors and witnesses outlive the horizon. */
  devices(): Promise<readonly DeviceRecord[]>
  /** META-20 Orphans of this kind among the digests. */
  orphans(kind: OrphanKind, digests: readonly Digest[]): Promise<ReadonlyMap<Digest, OrphanRecord>>
  /** META-21 Orphans of this kind ascending by digest, after `after`, at most `limit`. */
  orphansAfter(kind: OrphanKind, after: Digest | null, limit: number): Promise<readonly OrphanRecord[]>
  /** META-22 Contents named by kept revisions, tombstones' last states included: each once, ascending, after `after`, at most `limit`. */
  contents(after: Digest | null, limit: number): Promise<readonly Digest[]>
  /** META-23 Manifests held, ascending by digest, after `after`, at most `limit`. */
  manifestsAfter(after: Digest | null, limit: number): Promise<readonly ManifestInfo[]>
  /** META-24 Every kept revision with sequence > `sequence`, superseded ones too, ascending by sequence, at most `limit`. */
  keptAfter(sequence: Sequence, limit: number): Promise<readonly KeptRevision[]>
  /** META-25 How many nodes are live. */
  liveCount(): Promise<number>
}

/** Reads and writes one workspace, inside one transaction. */
export interface MetadataWriter extends MetadataReader {
  /** META-9 Appends revisions (sequences adjacent, ascending, from head.sequence + 1, else refused without a trace) and moves the head. */
  append(revisions: readonly KeptRevision[]): Promise<void>
  /** A held one stays as it is: equal digests are equal manifests. */
  putManifests(manifests: readonly ManifestRecord[]): Promise<void>
  /** `at`: wall time, ms, by which `forget` lets it go. */
  putResult(principal: string, key: string, result: StoredResult, at: number): Promise<void>
  /** In place of what was stored of this device. */
  putDevice(record: DeviceRecord): Promise<void>
  /** META-10 Raises the horizon and forgets superseded revisions, tombstones, results and hashes at or below it, except the named hashes. The horizon never goes back. */
  forget(horizon: Sequence, resultsBefore: number, keepHashes: readonly Sequence[]): Promise<void>
  /** META-26 Adds orphans, or replaces their records. */
  putOrphans(orphans: readonly OrphanRecord[]): Promise<void>
  /** META-27 Those of the digests are orphans no more; unknown ones are skipped. */
  dropOrphans(kind: OrphanKind, digests: readonly Digest[]): Promise<void>
  /** META-28 Forgets manifests; unknown ones are skipped. */
  dropManifests(digests: readonly Digest[]): Promise<void>
  /** META-29 Forgets devices last seen before this wall time (ms); their cursors and witnesses are not among `devices` afterwards. */
  dropDevices(seenBefore: number): Promise<void>
  /** META-30 Begins another epoch with the same tree: devices, results and orphans are forgotten, since they belong to the old one. */
  renew(epoch: Epoch): Promise<void>
}

/** The server's database: the contract of its adapters, in numbered rules. */
export interface MetadataStore {
  /** META-11 A second `open`, or a second holder of an embedded store, gets `locked`; a newer format `newer-version`, untouched. `close` is idempotent, calls after it fail with `closed`. */
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** META-12 Finds by (owner, name); names compare by exact code points. */
  find(owner: string, name: string): Promise<WorkspaceId | null>
  /** META-13 Makes a workspace; when (owner, name) was made meanwhile, returns that one. */
  create(head: WorkspaceHead): Promise<WorkspaceId>
  /** All of one owner. */
  workspaces(owner: string): Promise<readonly WorkspaceHead[]>
  /** META-31 Workspaces of every owner, ascending by id, after `after`, at most `limit`. */
  everyWorkspace(after: WorkspaceId | null, limit: number): Promise<readonly WorkspaceHead[]>
  /** META-14 One at a time per workspace; META-15 durable when it resolves, without a trace when `run` rejects. META-16 Workspaces do not wait for each other longer than a transaction; an unknown one is refused. */
  transact<T>(workspace: WorkspaceId, run: (writer: MetadataWriter) => Promise<T>): Promise<T>
  /** META-17 A consistent snapshot; never waits for a writer's `run`. */
  read<T>(workspace: WorkspaceId, run: (reader: MetadataReader) => Promise<T>): Promise<T>
  /** Idempotent; releases the lock. */
  close(): Promise<void>
}
