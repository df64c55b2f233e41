/**
 * Large contents on their way to this process: announced, and not committed yet. Kept in memory only and never truth:
 * what is lost with the process is fetched after its commit, as ever.
 */

import { TidemarkError } from '../errors.js'
import type { Clock } from '../interfaces/clock.js'
import type { NodeId } from '../model/ids.js'
import { LIMITS } from '../protocol/limits.js'
import type { ArrivingContent } from '../protocol/messages.js'

/** What devices are told of while it still comes. */
export interface StreamingOptions {
  /** Smaller contents are not told of: they are there before anybody could ask. From 1; 4 MiB by default. */
  readonly atLeastBytes?: number | undefined
}

/** A workspace of a user. */
export interface Place {
  /** Id of the user whose workspace it is. */
  readonly owner: string
  /** Its name. */
  readonly workspace: string
}

const AT_LEAST_BYTES = 4 * 1024 * 1024
/** Without a byte for so long an upload is taken for given up, milliseconds. */
const SILENCE_MS = 5 * 60_000
/** Workspaces with uploads under way that are remembered; beyond it the oldest are forgotten. */
const MOST_WORKSPACES = 1_000

interface Uploads {
  readonly contents: Map<NodeId, ArrivingContent>
  heardAt: number
}

/** The bound as a number; Infinity where nothing is told of. */
export function streamingBound(options: StreamingOptions | null = {}): number {
  if (options === null) return Number.POSITIVE_INFINITY
  for (const name of Object.keys(options)) {
    if (name === 'atLeastBytes') continue
    throw new TidemarkError('unknown-option', `streaming has no option ${name}.`, {
      subject: `streaming.${name}`,
      next: 'Known is atLeastBytes.',
    })
  }
  const bound = options.atLeastBytes ?? AT_LEAST_BYTES
  if (Number.isSafeInteger(bound) && bound >= 1) return bound
  throw new TidemarkError('invalid-option', 'atLeastBytes is a whole number from 1.', {
    subject: 'streaming.atLeastBytes',
  })
}

export class Arrivals {
  readonly #clock: Clock
  readonly #atLeastBytes: number
  /** Those heard of last come last. */
  readonly #workspaces = new Map<string, Uploads>()

  constructor(clock: Clock, atLeastBytes: number) {
    this.#clock = clock
    this.#atLeastBytes = atLeastBytes
  }

  /** Returns whether devices should be told. */
  announced(place: Place, contents: readonly ArrivingContent[]): boolean {
    const large = contents.filter(({ size }) => size >= this.#atLeastBytes)
    if (large.length === 0) return false
    const known = this.#live(place) ?? new Map<NodeId, ArrivingContent>()
    for (const content of large) {
      known.delete(content.id)
      if (known.size < LIMITS.arriving) known.set(content.id, content)
    }
    this.#keep(place, known)
    return true
  }

  /** Chunks came: what is on its way is not given up. */
  heard(place: Place): void {
    const known = this.#live(place)
    if (known !== null) this.#keep(place, known)
  }

  /** Accepted, so that the feed tells of them; or something else became of their nodes. */
  settled(place: Place, ids: readonly NodeId[]): void {
    const known = this.#live(place)
    if (known === null) return
    for (const id of ids) known.delete(id)
    if (known.size === 0) this.#workspaces.delete(keyOf(place))
  }

  list(place: Place): readonly ArrivingContent[] {
    return [...(this.#live(place)?.values() ?? [])]
  }

  #keep(place: Place, contents: Map<NodeId, ArrivingContent>): void {
    const key = keyOf(place)
    this.#workspaces.delete(key)
    this.#workspaces.set(key, { contents, heardAt: this.#clock.monotonic() })
    for (const oldest of this.#workspaces.keys()) {
      if (this.#workspaces.size <= MOST_WORKSPACES) return
      this.#workspaces.delete(oldest)
    }
  }

  #live(place: Place): Map<NodeId, ArrivingContent> | null {
    const key = keyOf(place)
    const found = this.#workspaces.get(key)
    if (found === undefined) return null
    if (this.#clock.monotonic() - found.heardAt <= SILENCE_MS) return found.contents
    this.#workspaces.delete(key)
    return null
  }
}

function keyOf({ owner, workspace }: Place): string {
  return JSON.stringify([owner, workspace])
}
