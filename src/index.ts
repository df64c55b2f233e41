/** The public names of `tidemark`: the only barrel of the core. */

export { CHUNK_MAX, checkRule, type ChunkSizes, chunkSizes, defaultContentRule } from './content/averages.js'
export { type BoundaryTable, boundaryTable } from './content/boundary-table.js'
export { ChunkStream, type DescribeOptions } from './content/chunk-stream.js'
export { Chunker } from './content/chunker.js'
export { type CopyPlan, type CopySource, type CopyStep, planCopies } from './content/copy-plan.js'
export * from './content/describe.js'
export { checkKey, keyCheckOf } from './content/key-check.js'
export {
  checkManifest,
  decodeManifest,
  encodedManifestSize,
  encodeManifest,
  MANIFEST_LIMITS,
  type ManifestLimits,
  manifestDigest,
} from './content/manifest.js'
export { applyPatch, applyVerifiedPatch, makePatch, patchSize } from './content/patch.js'
export { portableHasher } from './content/portable-hasher.js'
export type { AppliedChange } from './engine/apply-run.js'
export type { CarriedPlan, DroppedOperation } from './engine/apply-plan.js'
export type { Conflicts, ConflictsOptions } from './engine/conflict-calls.js'
export type { ConflictContents, ConflictEntry, ConflictSide } from './engine/conflicts.js'
export type { DirectoryItem } from './engine/directory-items.js'
export type { ResetReason } from './engine/feed.js'
export type { HistoryEntry } from './engine/history.js'
export type { Hydrated } from './engine/hydrate.js'
export { type OpenCounts, PATH_STATES, type PathState, type PathStatus } from './engine/path-status.js'
export type { DropReason } from './engine/plan-match.js'
export type { PathedPlan, PlannedPath } from './engine/plan-paths.js'
export type { ProgressCounts } from './engine/progress.js'
export type { Released } from './engine/release.js'
export { REASON_CODES, type Reason } from './engine/reasons.js'
export type { ConflictChoice, Resolution, Resolutions } from './engine/resolve-conflict.js'
export type { Restored } from './engine/restore.js'
export { STATUS_STATES, type Status, type StatusCause, type StatusState } from './engine/status.js'
export type { ApplyReport, SyncReport } from './engine/sync-report.js'
export * from './errors.js'
export * from './model/change.js'
export * from './model/cursor.js'
export * from './model/disk-traits.js'
export * from './model/hex.js'
export * from './model/hydration.js'
export type * from './model/history.js'
export * from './model/ids.js'
export * from './model/manifest.js'
export * from './model/name.js'
export * from './model/node.js'
export * from './model/plan.js'
export * from './model/problem.js'
export * from './model/revision.js'
export * from './model/stamp.js'
export * from './model/sync-mode.js'
export * from './model/tree.js'
export * from './model/view.js'
export type * from './interfaces/chunk-store.js'
export type * from './interfaces/clock.js'
export * from './interfaces/compressor.js'
export * from './interfaces/hasher.js'
export type * from './interfaces/local-store.js'
export type * from './interfaces/log.js'
export type * from './interfaces/metadata-store.js'
export type * from './interfaces/random.js'
export type * from './interfaces/state-store.js'
export type * from './interfaces/transport.js'
export type * from './interfaces/watcher.js'
export { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from './protocol/codec.js'
export { LIMITS } from './protocol/limits.js'
export type * from './protocol/messages.js'
export type { SyncEngineOptions } from './options.js'
export {
  type CallOptions,
  type HistoryOptions,
  type RevisionOptions,
  SyncEngine,
  type SyncEvents,
} from './sync-engine.js'
