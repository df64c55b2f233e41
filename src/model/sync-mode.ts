/** Which way changes go. A mode only takes steps away from a plan; it never adds or bends one. */

export const SYNC_MODES = ['two-way', 'read-only', 'upload-only'] as const
/**
 * `read-only`: nothing ever goes up; what changed elsewhere comes down, and an edit made here is never overwritten: it
 * stays, or stands aside as a conflict copy. `upload-only`: what changed here goes up, and the engine changes nothing on
 * this disk.
 */
export type SyncMode = (typeof SYNC_MODES)[number]
