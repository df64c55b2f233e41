/** Per-path troubles: data, not exceptions. */

/** Every trouble that a path can have. */
export const PROBLEM_CODES = [
  'unreadable',
  'unlisted',
  'busy',
  'symlink',
  'special-file',
  'invalid-name',
  'name-collision',
  'unwritable-name',
  'unknown-kind',
  'nested-root',
  'other-file-system',
  'no-space',
  'write-failed',
  'remnant',
  'ignore-rules',
  'refused',
  'quota',
  'too-deep',
  'held-back',
] as const
/** One of `PROBLEM_CODES`. */
export type ProblemCode = (typeof PROBLEM_CODES)[number]

/** Why one path is not synced for now. It is tried again by itself. */
export interface Problem {
  /** Path below the root, with `/`; '' is the root. */
  readonly path: string
  /** What programs decide by. */
  readonly code: ProblemCode
  /** One sentence for a person: what is wrong and what to do. */
  readonly message: string
}
