/**
 * What happens in a world, as data: who does what at which moment, and what breaks when. A script can be cut short step by
 * step and run again; picks are numbers that are resolved by what stands there then.
 */

/** What a simulated user does. */
export const DEEDS = [
  'create',
  'edit',
  'append',
  'save-by-rename',
  'save-by-backup',
  'make-directory',
  'move-file',
  'move-directory',
  'swap',
  'copy',
  'delete-file',
  'delete-directory',
  'change-kind',
  'executable',
  'touch',
] as const
/** One of `DEEDS`. */
export type Deed = (typeof DEEDS)[number]

/** What can break. */
export const FAULTS = [
  'drop-request',
  'drop-answer',
  'duplicate',
  'delay',
  'cut',
  'corrupt',
  'partition',
  'kill',
  'power-loss',
  'stop',
  'server-kill',
  'server-power-loss',
  'server-restore',
  'server-collect',
  'disk-error',
  'disk-full',
  'clock-jump',
  'deaf',
  'echo',
  'state-lost',
  'state-old',
] as const
/** One of `FAULTS`. */
export type Fault = (typeof FAULTS)[number]

/** Something a user does. */
export interface UserStep {
  /** Milliseconds from the beginning of its phase. */
  readonly at: number
  /** Number of the device. */
  readonly device: number
  /** What is done. */
  readonly deed: Deed
  /** Resolved by what stands there: which file, which directory, which name, how large. */
  readonly picks: readonly [number, number, number, number]
}

/** What an app asks of an engine whose contents come on demand: one file, a directory with all below, either away again. */
export const ASKS = ['read', 'bring', 'let-go'] as const
/** One of `ASKS`. */
export type Ask = (typeof ASKS)[number]

/** Something an app asks for. */
export interface AppStep {
  /** Milliseconds from the beginning of its phase. */
  readonly at: number
  /** Number of the device. */
  readonly device: number
  /** What is asked for. */
  readonly asks: Ask
  /** Resolved by what is known there then. */
  readonly pick: number
}

/** Something that breaks. */
export interface FaultStep {
  /** Milliseconds from the beginning of its phase. */
  readonly at: number
  /** What breaks. */
  readonly fault: Fault
  /** Number of the device it strikes; null for the server, or for all. */
  readonly device: number | null
  /** How long it lasts, milliseconds; 0 for what is over at once. */
  readonly lasts: number
  /** Its own chance. */
  readonly pick: number
}

/** Between two moments of rest at which everything is checked. */
export interface Phase {
  /** In order of time. */
  readonly users: readonly UserStep[]
  /** In order of time. */
  readonly faults: readonly FaultStep[]
  /** In order of time; none by default. */
  readonly apps?: readonly AppStep[]
}

/** A whole run. */
export interface Script {
  /** All chance that is not in the steps comes from it: delays, ids, what a fault strikes. */
  readonly seed: number
  /** How many devices there are from the beginning; one more joins at the end. */
  readonly devices: number
  /** Numbers of the devices whose contents come on demand; none by default, and never the first. */
  readonly onDemand?: readonly number[]
  /** One after the other, with a rest after each. */
  readonly phases: readonly Phase[]
}

/** Steps of users in all phases. */
export function userSteps({ phases }: Script): number {
  return phases.reduce((sum, { users }) => sum + users.length, 0)
}
