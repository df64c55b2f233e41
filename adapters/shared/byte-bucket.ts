/**
 * A token bucket over bytes on an injected clock. Those who wait take turns in small slices, so that a small frame is not
 * held up by a large one; what was not used is saved up for a tenth of a second only.
 */

import { type Clock, TidemarkError } from '../../src/index.js'

interface Turn {
  left: number
  readonly done: () => void
  readonly fail: (error: TidemarkError) => void
}

const BURST_MS = 100
/** Slices in a second of one bucket. */
const SLICES = 20
const LARGEST_SLICE = 64 * 1024

export class ByteBucket {
  readonly #perSecond: number
  readonly #clock: Clock
  /** In line, but for the one that is served. */
  readonly #turns: Turn[] = []
  readonly #waiting = new Set<Turn>()
  /** Up to when the bytes that were let through have been paid for, on the monotonic clock. */
  #paidUntil: number | null = null
  /** Bytes that passed though nobody waits for them any more. */
  #owed = 0
  #isServing = false
  readonly #closing = new AbortController()

  /** `perSecond`: at least 1. */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond
    this.#clock = clock
  }

  /**
   * Resolves when so many bytes may pass. Fails with `aborted` at once when the signal fires, with `closed` after `close`.
   * 'passed': the bytes have passed already, and count also when the caller goes away.
   */
  async take(bytes: number, when: 'passing' | 'passed', signal: AbortSignal | undefined): Promise<void> {
    if (this.#closing.signal.aborted) throw closed()
    if (signal?.aborted === true) {
      if (when === 'passed') this.#owed += bytes
      throw aborted(signal)
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (error: TidemarkError): void => {
        const at = this.#turns.indexOf(turn)
        if (at >= 0) this.#turns.splice(at, 1)
        if (when === 'passed') this.#owed += turn.left
        turn.left = 0
        settle()
        reject(error)
      }
      const onAbort = (): void => leave(aborted(signal))
      const settle = (): void => {
        signal?.removeEventListener('abort', onAbort)
        this.#waiting.delete(turn)
      }
      const turn: Turn = {
        left: bytes,
        done: () => {
          settle()
          resolve()
        },
        fail: leave,
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.add(turn)
      this.#turns.push(turn)
      if (!this.#isServing) void this.#serve()
    })
  }

  /** Those who wait fail with `closed`. */
  close(): void {
    this.#closing.abort()
    for (const turn of [...this.#waiting]) turn.fail(closed())
  }

  async #serve(): Promise<void> {
    this.#isServing = true
    const slice = Math.max(1, Math.min(LARGEST_SLICE, Math.floor(this.#perSecond / SLICES)))
    for (let turn = this.#turns.shift(); turn !== undefined; turn = this.#turns.shift()) {
      const part = Math.min(slice, turn.left)
      turn.left -= part
      if (!(await this.#pay(part + this.#owed))) break
      if (turn.left > 0) this.#turns.push(turn)
      else turn.done()
    }
    this.#isServing = false
  }

  /** False when the bucket was closed meanwhile. */
  async #pay(bytes: number): Promise<boolean> {
    this.#owed = 0
    const now = this.#clock.monotonic()
    this.#paidUntil = Math.max(this.#paidUntil ?? now, now - BURST_MS) + (bytes * 1000) / this.#perSecond
    const wait = this.#paidUntil - now
    if (wait <= 0) return !this.#closing.signal.aborted
    try {
      await this.#clock.sleep(wait, { signal: this.#closing.signal })
      return true
    } catch (error) {
      if (this.#closing.signal.aborted) return false
      throw error
    }
  }
}

function aborted(signal: AbortSignal | undefined): TidemarkError {
  return new TidemarkError('aborted', 'the call was cancelled', { cause: signal?.reason })
}

function closed(): TidemarkError {
  return new TidemarkError('closed', 'the transport was closed')
}
