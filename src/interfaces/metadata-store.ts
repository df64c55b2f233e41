/**
 * The server database behind the commit rules. One serial transaction per workspace; no policy.
 * Every call names the workspace first. Batch-shaped: no caller loops over single rows.
 */

import type { ContentRule } from '../model/manifest.js'
import type { Digest, Epoch, NodeId, Sequence, WorkspaceId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { Revision } from '../model/revision.js'

export interface WorkspaceHead {
  readonly id: WorkspaceId
  readonly owner: string
  readonly name: string
  readonly epoch: Epoch
  /** Highest sequence given. 0 before the first change. */
  readonly sequence: Sequence
  /** hash(sequence). */
  readonly hash: Digest
  /** Sequences at or below it may be forgotten; 0 keeps all. */
  readonly horizon: Sequence
  readonly rule: ContentRule
}

/** A revision as kept: a tombstone remembers the node's last state, so that history can find it by place. */
export interface KeptRevision {
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

export interface ManifestRecord {
  readonly digest: Digest
  /** Canonical encoding (content/manifest.ts). */
  readonly encoded: Uint8Array
}

export interface DeviceRecord {
  readonly device: string
  /** The session nonce this server expects next, and the one before. */
  readonly nonce: string | null
  readonly cursorSequence: Sequence
  readonly witnessSequence: Sequence
  readonly seenAt: number
}

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
  manifests(digests: readonly Digest[]): Promise<ReadonlyMap<Digest, ManifestRecord>>
  result(principal: string, key: string): Promise<StoredResult | null>
  device(device: string): Promise<DeviceRecord | null>
  /** META-18 Every device of the workspace, ascending by device id: their last cursors and witnesses outlive the horizon. */
  devices(): Promise<readonly DeviceRecord[]>
}

export interface MetadataWriter extends MetadataReader {
  /** META-9 Appends revisions (sequences adjacent, ascending, from head.sequence + 1, else refused without a trace) and moves the head. */
  append(revisions: readonly KeptRevision[]): Promise<void>
  putManifests(manifests: readonly ManifestRecord[]): Promise<void>
  putResult(principal: string, key: string, result: StoredResult, at: number): Promise<void>
  putDevice(record: DeviceRecord): Promise<void>
  /** META-10 Raises the horizon and forgets superseded revisions, tombstones, results and hashes at or below it, except the named hashes. The horizon never goes back. */
  forget(horizon: Sequence, resultsBefore: number, keepHashes: readonly Sequence[]): Promise<void>
}

export interface MetadataStore {
  /** META-11 A second `open`, or a second holder of an embedded store, gets `locked`; a newer format `newer-version`, untouched. `close` is idempotent, calls after it fail with `closed`. */
  open(options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /** META-12 Finds by (owner, name); names compare by exact code points. */
  find(owner: string, name: string): Promise<WorkspaceId | null>
  /** META-13 Makes a workspace; when (owner, name) was made meanwhile, returns that one. */
  create(head: WorkspaceHead): Promise<WorkspaceId>
  workspaces(owner: string): Promise<readonly WorkspaceHead[]>
  /** META-14 One at a time per workspace; META-15 durable when it resolves, without a trace when `run` rejects. META-16 Workspaces do not wait for each other longer than a transaction; an unknown one is refused. */
  transact<T>(workspace: WorkspaceId, run: (writer: MetadataWriter) => Promise<T>): Promise<T>
  /** META-17 A consistent snapshot; never waits for a writer's `run`. */
  read<T>(workspace: WorkspaceId, run: (reader: MetadataReader) => Promise<T>): Promise<T>
  close(): Promise<void>
}
