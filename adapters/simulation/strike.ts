/** One thing that breaks at one exact moment of the last phase: what a sweep puts at every moment in turn. */

import type { PowerLoss } from './power-loss.js'
import type { UserStep } from './script.js'

/** Where and what. Moments are counted from 0, from the beginning of the last phase until all are in step; where nothing is done, until all is at rest. */
export interface Strike {
  /** Number of the device; null: the server. */
  readonly device: number | null
  /** 'disk': before that call of its disk. 'request': at that request of the device. */
  readonly at: 'disk' | 'request'
  /** Which one. */
  readonly index: number
  /**
   * 'kill', a power loss, the code of an error with which that one call fails, or what the user of the device does just
   * before it; of a request: it or its answer is lost or late, it comes twice, or the server is some seconds later what it
   * was in this moment, as after a fail-over ('same') or under a new epoch.
   */
  readonly what:
    | 'kill'
    | PowerLoss
    | { readonly errno: string }
    | Pick<UserStep, 'deed' | 'picks'>
    | 'drop-request'
    | 'drop-answer'
    | 'duplicate'
    | 'delay-request'
    | 'delay-answer'
    | { readonly restore: 'same' | 'new' }
}

/** Counts the moments of one kind at one place, and tells when the struck one is there. */
export class Moments {
  readonly #strike: Strike | null
  readonly #counts = new Map<string, number>()
  #isCounting = false
  hasStruck = false

  constructor(strike: Strike | null) {
    this.#strike = strike
  }

  begin(): void {
    this.#isCounting = true
  }

  end(): void {
    this.#isCounting = false
  }

  /** What happens at this moment; null for nothing. */
  next(device: number | null, at: Strike['at']): Strike['what'] | null {
    if (!this.#isCounting) return null
    const key = `${device ?? 'server'} ${at}`
    const index = this.#counts.get(key) ?? 0
    this.#counts.set(key, index + 1)
    const strike = this.#strike
    if (strike === null || this.hasStruck || strike.device !== device || strike.at !== at || strike.index !== index)
      return null
    this.hasStruck = true
    return strike.what
  }

  /** It did something that everybody has to come to rest from once more. */
  get hasMoved(): boolean {
    const what = this.#strike?.what
    return this.hasStruck && typeof what === 'object' && ('deed' in what || 'restore' in what)
  }

  /** How many there were. */
  count(device: number | null, at: Strike['at']): number {
    return this.#counts.get(`${device ?? 'server'} ${at}`) ?? 0
  }
}
