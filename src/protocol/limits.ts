/**
 * Every limit of protocol version 1, in one table. Both ends use it, for what they send and for what they are sent.
 * A limit may grow in a later version of the library, never shrink.
 */

export const LIMITS = {
  /** Bytes of a request or an answer, head and body together. */
  frameBytes: 4 * 1024 * 1024,
  /** Nesting of arrays and objects in a head. */
  headDepth: 12,
  /** Stored bytes of one chunk: half a frame. At least 1. */
  chunkBytes: 2 * 1024 * 1024,
  /** Chunks of one manifest: a whole one fits a frame. */
  manifestChunks: 120_000,
  /** Chunks of manifests read or built for one request: patches are small, what they stand for is not. */
  manifestWork: 480_000,
  /** Changes of a batch, over all its groups. */
  changes: 1_000,
  /** Revisions of a page of the feed or of a listing. */
  pageRevisions: 1_000,
  /** Estimated bytes (revisionWeight) after which a page ends, or a batch's answer is too large. */
  answerWeight: 3 * 1024 * 1024,
  /** Manifests in one frame. */
  manifests: 1_000,
  /** Chunks in one frame, and digests in one get-chunks. */
  chunks: 16_384,
  /** Digests in any list of an answer: with a full head they still fit a frame. */
  digests: 24_000,
  /** Manifests a device names as bases for one it wants. */
  bases: 4,
  /** Chunks that one delta is made of. */
  deltaBases: 8,
  /** Bytes of bases read for one request, each counted once, and bytes that its deltas build. */
  deltaBytes: 4 * 1024 * 1024,
  /** Least bytes of a block of signatures. */
  blockLeast: 128,
  /** Most bytes of a block of signatures. */
  blockMost: 4_096,
  /** Contents on their way that one answer tells of. */
  arriving: 64,
  /** UTF-8 bytes of the path of one of them. */
  arrivingPathBytes: 4_096,
  /** Nodes, places and directories of one history request. */
  historySubjects: 32,
  /** Directories above a node, the root not counted. */
  depth: 256,
  /** UTF-16 units of a comparison key. */
  keyLength: 1_024,
  /** UTF-16 units of a workspace's name. */
  workspaceNameLength: 128,
  /** Characters of a device id or session nonce. */
  tokenLength: 64,
  kindLength: 32,
  /** Frame encodings one side names to the other. */
  encodings: 8,
  attributes: 16,
  attributeNameLength: 64,
  attributeValueLength: 1_024,
  /** UTF-16 units of all names and values of a node's attributes together. */
  attributesLength: 4_096,
  /** Rows of a content rule's table. */
  averages: 32,
  /** UTF-16 units of an error's message or subject. */
  messageLength: 1_024,
  /** Subscriptions of one user on one server process. */
  subscriptions: 64,
  /** Requests one server process works on at a time. */
  running: 256,
} as const

/** Largest sequence, size, time: beyond it numbers are refused, never rounded. */
export const MAX_SAFE = Number.MAX_SAFE_INTEGER
