/** Whoever brings one folder to another, whatever is between the two: ours and its peers look alike to a workload. */

import type { WireBytes } from './byte-relay.js'

/** Two folders and what joins them, up and running, with nothing in either. */
export interface Meeting {
  readonly from: string
  readonly to: string
  /**
   * `land` changes `from` at once: what it takes was prepared beside. Resolves when `to` shows the same. Time counts from
   * the moment of landing.
   */
  carry(land: () => void): Promise<Carried>
  /** Looks at everything where nothing changed. */
  idle(): Promise<Carried>
  close(): Promise<void>
}

export interface Carried {
  /** Milliseconds until `to` shows it. */
  readonly wallMs: number
  /** Milliseconds until a server has it and has said so; null where there is none. */
  readonly pushMs: number | null
  /** Bytes on the wire, hop by hop, both directions summed. */
  readonly hops: readonly number[]
  /** Requests of whoever changed; null where there are none. */
  readonly requests: number | null
}

export interface Contender {
  readonly name: string
  /** In a directory of its own, which exists and is empty. */
  meet(directory: string): Promise<Meeting>
}

/** What was carried since. */
export function since(before: WireBytes, after: WireBytes): number {
  return after.up - before.up + after.down - before.down
}

/** Milliseconds of the machine's monotonic clock, which all processes share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
