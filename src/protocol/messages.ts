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
  readonly digest: Digest
  readonly encoding: 'identity' | (string & {})
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

export interface HelloRequest extends Answerable {
  readonly type: 'hello'
  readonly workspace: string
  readonly device: string
  /** Nonce of the last session the server knows of, and the one of this session. */
  readonly session: { readonly last: string | null; readonly next: string }
  /** Null: this device has nothing yet. */
  readonly cursor: Cursor | null
  readonly witness: Witness | null
}

export interface PullRequest extends Answerable {
  readonly type: 'pull'
  readonly workspace: string
  readonly cursor: Cursor
  readonly witness: Witness
}

/** The whole live tree, ascending by node id. The first page sets `at`; the following pages echo it. */
export interface ListRequest extends Answerable {
  readonly type: 'list'
  readonly workspace: string
  readonly at: Cursor | null
  readonly after: NodeId | null
}

/** A commit tried and rolled back: says what is stale, and which chunks and manifests the server lacks. Advice only. */
export interface AnnounceRequest {
  readonly type: 'announce'
  readonly workspace: string
  readonly cursor: Cursor
  readonly witness: Witness
  readonly groups: readonly ChangeGroup[]
  readonly manifests: readonly WireManifest[]
}

export interface CommitRequest {
  readonly type: 'commit'
  readonly workspace: string
  readonly cursor: Cursor
  readonly witness: Witness
  /** 32 hex digits, drawn before the first sending, kept until answered. */
  readonly key: string
  readonly groups: readonly ChangeGroup[]
  /** A small edit travels whole in one round trip. */
  readonly manifests: readonly WireManifest[]
  readonly chunks: readonly WireChunk[]
}

export interface PutRequest {
  readonly type: 'put'
  readonly workspace: string
  readonly manifests: readonly WireManifest[]
  readonly chunks: readonly WireChunk[]
}

export interface GetChunksRequest extends Answerable {
  readonly type: 'get-chunks'
  readonly workspace: string
  readonly digests: readonly Digest[]
}

export interface GetManifestsRequest extends Answerable {
  readonly type: 'get-manifests'
  readonly workspace: string
  /** `have`: up to 4 manifests this device holds, bases for a patch. */
  readonly wanted: readonly { readonly digest: Digest; readonly have: readonly Digest[] }[]
}

/** Kept revisions, newest first: of nodes, at places, deletes in directories. */
export interface HistoryRequest extends Answerable {
  readonly type: 'history'
  readonly workspace: string
  readonly subjects: readonly HistorySubject[]
  /** Only revisions with a smaller sequence; null: from the newest on. */
  readonly before: Sequence | null
  /** At most so many; from 1. */
  readonly limit: number
}

export type Request =
  | HelloRequest
  | PullRequest
  | ListRequest
  | AnnounceRequest
  | CommitRequest
  | PutRequest
  | GetChunksRequest
  | GetManifestsRequest
  | HistoryRequest

/** Changes after a cursor, each node once at its latest revision, in sequence order. */
export interface Page {
  readonly from: Sequence
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

export interface HelloAnswer {
  readonly type: 'hello'
  /** 'clone': the session nonce is not the expected one: this device must take a new id and verify everything. */
  readonly device: 'known' | 'new' | 'clone'
  readonly rule: ContentRule
  readonly state: Standing
  /** Frame encodings the server reads, beside identity, preferred first; absent: none. */
  readonly encodings?: readonly string[] | undefined
}

export interface PullAnswer {
  readonly type: 'pull'
  readonly state: Standing
}

export interface ListAnswer {
  readonly type: 'list'
  readonly at: Cursor
  readonly revisions: readonly Revision[]
  /** Null: the listing is whole; go on with `pull` from `at`. */
  readonly after: NodeId | null
}

export interface AnnounceAnswer {
  readonly type: 'announce'
  readonly standing: 'current' | 'diverged'
  /** Parallel to groups and changes. */
  readonly results: readonly (readonly ChangeResult[])[]
  /** Each once, over all changes (a refusal names none here); as many as fit the frame, the rest after the next announce. */
  readonly missingChunks: readonly Digest[]
  readonly missingManifests: readonly Digest[]
}

export interface CommitAnswer {
  readonly type: 'commit'
  readonly standing: 'current' | 'diverged'
  readonly results: readonly (readonly ChangeResult[])[]
  /** Sequences given by this commit; 0 and 0 when none. */
  readonly first: Sequence
  readonly last: Sequence
  /** Head before this commit, and hash of the head after it. */
  readonly previousHead: Sequence
  readonly hash: Digest
}

export interface PutAnswer {
  readonly type: 'put'
  /** Manifest patches whose base the server lacks: send these whole. */
  readonly needWhole: readonly Digest[]
}

export interface GetChunksAnswer {
  readonly type: 'get-chunks'
  /** A prefix of what was asked, as much as fits the frame; at least one. */
  readonly chunks: readonly WireChunk[]
  /** Of that prefix, those this workspace does not hold. */
  readonly absent: readonly Digest[]
}

export interface GetManifestsAnswer {
  readonly type: 'get-manifests'
  /** With \`absent\`: a prefix of what was asked, in its order, as much as fits the frame; at least one. */
  readonly manifests: readonly WireManifest[]
  readonly absent: readonly Digest[]
}

export interface HistoryAnswer {
  readonly type: 'history'
  /** Each once, newest first. */
  readonly rows: readonly HistoryRow[]
  /** Where it goes on: the `before` of the next request; null when nothing older is kept. */
  readonly before: Sequence | null
}

export interface ErrorAnswer {
  readonly type: 'error'
  readonly code: ErrorCode
  readonly message: string
  readonly subject: string | null
  /** What to do next, as one sentence for a person. */
  readonly next?: string | null | undefined
  readonly retryAfterMs: number | null
}

export type Answer =
  | HelloAnswer
  | PullAnswer
  | ListAnswer
  | AnnounceAnswer
  | CommitAnswer
  | PutAnswer
  | GetChunksAnswer
  | GetManifestsAnswer
  | HistoryAnswer
  | ErrorAnswer

/** Which answer belongs to which request. */
export type AnswerTo<R extends Request> = Extract<Answer, { type: R['type'] }>
