/**
 * Requests and answers of protocol version 1. Data types only; codec.ts puts them into frames, limits.ts bounds them.
 * Version 1 never changes meaning: new fields are optional, new types are new requests.
 */

import type { ChangeGroup, ChangeResult } from '../model/change.js'
import type { Cursor, Witness } from '../model/cursor.js'
import type { HistoryRow, HistorySubject } from '../model/history.js'
import type { Digest, Epoch, NodeId, Sequence } from '../model/ids.js'
import type { ContentRule, Manifest } from '../model/manifest.js'
import type { Revision } from '../model/revision.js'
import type { ErrorCode } from '../errors.js'

/** A chunk inside a frame. The encoding of its bytes is a tag: an unknown one is refused, never guessed. */
export interface WireChunk {
  /** Digest of the plain bytes, in domain `chunk`. */
  readonly digest: Digest
  /** How `bytes` are encoded; version 1 knows `identity`, and `delta` with those who said so. */
  readonly encoding: 'identity' | 'delta' | (string & {})
  /** Of a delta (content/delta.ts), and only of that: the chunks it is made of, 1 to `LIMITS.deltaBases`. */
  readonly bases?: readonly Digest[] | undefined
  /** Encoded, at most `LIMITS.chunkBytes`. */
  readonly bytes: Uint8Array
}

/** A manifest inside a frame: whole, or a patch on a base the other side has (content/patch.ts). */
export type WireManifest =
  | { readonly form: 'whole'; readonly digest: Digest; readonly manifest: Manifest }
  | { readonly form: 'patch'; readonly digest: Digest; readonly base: Digest; readonly patch: Uint8Array }

/** A request whose answer may be large. */
interface Answerable {
  /** Frame encodings the sender reads, beside identity, preferred first; absent: none. */
  readonly accept?: readonly string[] | undefined
}

/** The first request of a session: introduces a device, and is the only request when nothing changed. */
export interface HelloRequest extends Answerable {
  readonly type: 'hello'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Id the device drew for itself; at most `LIMITS.tokenLength` characters. */
  readonly device: string
  /** Nonce of the last session the server knows of, and the one of this session. */
  readonly session: { readonly last: string | null; readonly next: string }
  /** Null: this device has nothing yet. */
  readonly cursor: Cursor | null
  /** Null as long as the device was told nothing. */
  readonly witness: Witness | null
}

/** Asks for the changes after a cursor. */
export interface PullRequest extends Answerable {
  readonly type: 'pull'
  /** The answer may leave out what the request says; absent: it says all. */
  readonly brief?: true | undefined
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Up to where the device knows the remote tree. */
  readonly cursor: Cursor
  /** The highest sequence the device was ever told. */
  readonly witness: Witness
}

/** The whole live tree, ascending by node id. The first page sets `at`; the following pages echo it. */
export interface ListRequest extends Answerable {
  readonly type: 'list'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** The cursor that the first page answered with; null asks for the first page. */
  readonly at: Cursor | null
  /** The last node id of the page before; null in the first request. */
  readonly after: NodeId | null
}

/** A commit tried and rolled back: says what is stale, and which chunks and manifests the server lacks. Advice only. */
export interface AnnounceRequest {
  readonly type: 'announce'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Up to where the device knows the remote tree. */
  readonly cursor: Cursor
  /** The highest sequence the device was ever told. */
  readonly witness: Witness
  /** As in the commit that is meant; at most `LIMITS.changes` changes in all. */
  readonly groups: readonly ChangeGroup[]
  /** Those that the changes name and the server may not have. */
  readonly manifests: readonly WireManifest[]
}

/** Asks the server to accept changes. Sent again under the same key it gets the same results. */
export interface CommitRequest {
  readonly type: 'commit'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Up to where the device knows the remote tree. */
  readonly cursor: Cursor
  /** The highest sequence the device was ever told. */
  readonly witness: Witness
  /** 32 hex digits, drawn before the first sending, kept until answered. */
  readonly key: string
  /** Each group stands or falls by itself; at most `LIMITS.changes` changes in all. */
  readonly groups: readonly ChangeGroup[]
  /** A small edit travels whole in one round trip. */
  readonly manifests: readonly WireManifest[]
  /** New chunks that travel along. */
  readonly chunks: readonly WireChunk[]
}

/** Brings content ahead of the commit that names it. */
export interface PutRequest {
  readonly type: 'put'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** At most `LIMITS.manifests`. */
  readonly manifests: readonly WireManifest[]
  /** At most `LIMITS.chunks`, and as many as fit the frame. */
  readonly chunks: readonly WireChunk[]
}

/** Asks for chunks. */
export interface GetChunksRequest extends Answerable {
  readonly type: 'get-chunks'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** At most `LIMITS.chunks`, in the order in which they are wanted. */
  readonly digests: readonly Digest[]
  /**
   * Chunks this device holds, on which those it asks for may come as deltas; at most `LIMITS.chunks`. What is beyond
   * `LIMITS.deltaBytes` serves for nothing. Only for servers that know deltas.
   */
  readonly have?: readonly Digest[] | undefined
}

/** Asks for signatures of chunks, to make deltas on them without their bytes. Only for servers that know deltas. */
export interface GetSignaturesRequest extends Answerable {
  readonly type: 'get-signatures'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** At most `LIMITS.chunks`, each once. */
  readonly digests: readonly Digest[]
  /** Bytes of a block, `LIMITS.blockLeast` to `LIMITS.blockMost`. */
  readonly block: number
}

/** Asks for manifests, whole or as patches. */
export interface GetManifestsRequest extends Answerable {
  readonly type: 'get-manifests'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** `have`: up to 4 manifests this device holds, bases for a patch. */
  readonly wanted: readonly { readonly digest: Digest; readonly have: readonly Digest[] }[]
}

/** Kept revisions, newest first: of nodes, at places, deletes in directories. */
export interface HistoryRequest extends Answerable {
  readonly type: 'history'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
  /** Whose revisions are asked for. */
  readonly subjects: readonly HistorySubject[]
  /** Only revisions with a smaller sequence; null: from the newest on. */
  readonly before: Sequence | null
  /** At most so many; from 1. */
  readonly limit: number
}

/** Asks which large contents are on their way to the server, so that they can be fetched while they still come. */
export interface ArrivingRequest extends Answerable {
  readonly type: 'arriving'
  /** Name of the workspace, as its user knows it. */
  readonly workspace: string
}

/** Every request of protocol version 1. */
export type Request =
  | HelloRequest
  | PullRequest
  | ListRequest
  | AnnounceRequest
  | CommitRequest
  | PutRequest
  | GetChunksRequest
  | GetSignaturesRequest
  | GetManifestsRequest
  | HistoryRequest
  | ArrivingRequest

/** Changes after a cursor, each node once at its latest revision, in sequence order. */
export interface Page {
  /** The sequence the page starts after: that of the cursor it was asked with. */
  readonly from: Sequence
  /** Each changed node once, at its latest revision, ascending by sequence. */
  readonly revisions: readonly Revision[]
  /** The cursor after this page. */
  readonly cursor: Cursor
  /** True when the cursor is the head: only then is the remote tree whole. */
  readonly head: boolean
}

/** What the server says of a cursor and witness (DESIGN 2). */
export type Standing =
  | { readonly standing: 'current'; readonly page: Page }
  | { readonly standing: 'expired'; readonly epoch: Epoch }
  | { readonly standing: 'diverged'; readonly epoch: Epoch }

/** Who the device is to the server, and how its cursor stands. */
export interface HelloAnswer {
  readonly type: 'hello'
  /** 'clone': the session nonce is not the expected one: this device must take a new id and verify everything. */
  readonly device: 'known' | 'new' | 'clone'
  /** How the workspace cuts and names content; the same for its whole life. */
  readonly rule: ContentRule
  /** What the server says of cursor and witness, with the first page. */
  readonly state: Standing
  /** Frame encodings the server reads, beside identity, preferred first; absent: none. */
  readonly encodings?: readonly string[] | undefined
  /** Whether the server knows deltas of chunks, both ways, and answers `get-signatures`; absent: no. */
  readonly deltas?: boolean | undefined
}

/** How the cursor stands, and the changes after it. */
export interface PullAnswer {
  readonly type: 'pull'
  /** What the server says of cursor and witness. */
  readonly state: Standing
}

/** A page of the live tree. */
export interface ListAnswer {
  readonly type: 'list'
  /** The head when the listing began: `pull` goes on from here. */
  readonly at: Cursor
  /** Live nodes, ascending by id. */
  readonly revisions: readonly Revision[]
  /** Null: the listing is whole; go on with `pull` from `at`. */
  readonly after: NodeId | null
}

/** What a commit would say now. Advice: the commit checks everything again. */
export interface AnnounceAnswer {
  readonly type: 'announce'
  /** `diverged`: nothing was judged, because the device knows another history. */
  readonly standing: 'current' | 'diverged'
  /** Parallel to groups and changes. */
  readonly results: readonly (readonly ChangeResult[])[]
  /** Each once, over all changes (a refusal names none here); as many as fit the frame, the rest after the next announce. */
  readonly missingChunks: readonly Digest[]
  /** Those that have to be sent, whole. */
  readonly missingManifests: readonly Digest[]
}

/** What became of each change. */
export interface CommitAnswer {
  readonly type: 'commit'
  /** `diverged`: nothing was accepted, because the device knows another history. */
  readonly standing: 'current' | 'diverged'
  /** Parallel to groups and changes. */
  readonly results: readonly (readonly ChangeResult[])[]
  /** Sequences given by this commit; 0 and 0 when none. */
  readonly first: Sequence
  /** Equal to `first` for one change. */
  readonly last: Sequence
  /** Head before this commit, and hash of the head after it. */
  readonly previousHead: Sequence
  /** Hash of the head after this commit. */
  readonly hash: Digest
}

/** The content is durable, but for what is named here. */
export interface PutAnswer {
  readonly type: 'put'
  /** Manifest patches whose base the server lacks, and deltas that do not come to their chunk: send these whole. */
  readonly needWhole: readonly Digest[]
}

/** Chunks, as much of what was asked as fits a frame. */
export interface GetChunksAnswer {
  readonly type: 'get-chunks'
  /** A prefix of what was asked, as much as fits the frame; at least one. */
  readonly chunks: readonly WireChunk[]
  /** Of that prefix, those this workspace does not hold. */
  readonly absent: readonly Digest[]
}

/** Signatures of one chunk. */
export interface ChunkSignatures {
  /** Its plain bytes; at most `LIMITS.chunkBytes`. */
  readonly length: number
  /** Of its blocks (content/signatures.ts). */
  readonly blocks: Uint8Array
}

/** Signatures, as many as one request may cost. */
export interface GetSignaturesAnswer {
  readonly type: 'get-signatures'
  /** Of a prefix of what was asked, in its order; at least of one. Null for a chunk that this workspace does not hold. */
  readonly signatures: readonly (ChunkSignatures | null)[]
}

/** Manifests, as much of what was asked as fits a frame. */
export interface GetManifestsAnswer {
  readonly type: 'get-manifests'
  /** With \`absent\`: a prefix of what was asked, in its order, as much as fits the frame; at least one. */
  readonly manifests: readonly WireManifest[]
  /** Of that prefix, those this workspace does not hold. */
  readonly absent: readonly Digest[]
}

/** Kept revisions, as many as were asked for and fit a frame. */
export interface HistoryAnswer {
  readonly type: 'history'
  /** Each once, newest first. */
  readonly rows: readonly HistoryRow[]
  /** Where it goes on: the `before` of the next request; null when nothing older is kept. */
  readonly before: Sequence | null
}

/** A content that was announced and is not committed yet: some of its chunks may be there, and it may never be committed. */
export interface ArrivingContent {
  /** The node whose content it is to become. */
  readonly id: NodeId
  /** Names from below the root down to that of the node, as the announced changes would leave them. */
  readonly path: readonly string[]
  /** Digest of its manifest, which is there already. */
  readonly content: Digest
  /** In bytes. */
  readonly size: number
}

/** What is on its way. Advice only: nothing of it is in the tree, and another process of the server may know of more. */
export interface ArrivingAnswer {
  readonly type: 'arriving'
  /** In the order in which they were announced, each node once. */
  readonly contents: readonly ArrivingContent[]
}

/** The request as a whole was refused, and nothing of it was done. */
export interface ErrorAnswer {
  readonly type: 'error'
  /** What programs decide by. */
  readonly code: ErrorCode
  /** For a person; at most `LIMITS.messageLength` UTF-16 units. */
  readonly message: string
  /** The offending field, digest or thing; null where there is none. */
  readonly subject: string | null
  /** What to do next, as one sentence for a person. */
  readonly next?: string | null | undefined
  /** Earliest useful retry, milliseconds from now; null: not known. */
  readonly retryAfterMs: number | null
}

/** Every answer of protocol version 1. */
export type Answer =
  | HelloAnswer
  | PullAnswer
  | ListAnswer
  | AnnounceAnswer
  | CommitAnswer
  | PutAnswer
  | GetChunksAnswer
  | GetSignaturesAnswer
  | GetManifestsAnswer
  | HistoryAnswer
  | ArrivingAnswer
  | ErrorAnswer

/** Which answer belongs to which request. */
export type AnswerTo<R extends Request> = Extract<Answer, { type: R['type'] }>
