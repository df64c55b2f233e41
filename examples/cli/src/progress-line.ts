/** One line that is drawn over and over on a terminal; in a pipe a plain line now and then. Never the last thing said. */

import type { ProgressCounts, Status } from 'tidemark'
import { amount } from './amount.js'

const REDRAW_MS = 80
const PLAIN_MS = 2_000
const BAR = 20

export class ProgressLine {
  readonly #stream: NodeJS.WriteStream
  readonly #moving: boolean
  #drawn = false
  #last = 0
  #counts: ProgressCounts = { bytesSent: 0, bytesReceived: 0, uploaded: 0, downloaded: 0 }
  #total = 0

  constructor(stream: NodeJS.WriteStream, { moving }: { readonly moving: boolean }) {
    this.#stream = stream
    this.#moving = moving
  }

  /** How much is still to be done is what the status knows. */
  status({ pending }: Pick<Status, 'pending'>): void {
    this.#total = pending === 0 ? 0 : Math.max(this.#total, this.#done + pending)
  }

  counts(counts: ProgressCounts, now: number): void {
    this.#counts = counts
    if (now - this.#last < (this.#moving ? REDRAW_MS : PLAIN_MS)) return
    this.#last = now
    if (!this.#moving) return void this.#stream.write(`${this.#text()}\n`)
    this.#stream.write(`\r\u001b[2K${this.#bar()}${this.#text()}`)
    this.#drawn = true
  }

  clear(): void {
    if (this.#drawn) this.#stream.write('\r\u001b[2K')
    this.#drawn = false
  }

  get #done(): number {
    return this.#counts.uploaded + this.#counts.downloaded
  }

  #bar(): string {
    if (this.#total === 0) return ''
    const full = Math.min(BAR, Math.floor((BAR * this.#done) / this.#total))
    return `${'█'.repeat(full)}${'░'.repeat(BAR - full)} `
  }

  #text(): string {
    const { bytesSent, bytesReceived } = this.#counts
    const of = this.#total === 0 ? '' : ` of ${this.#total}`
    return `${this.#done}${of} done, ${amount(bytesSent)} sent, ${amount(bytesReceived)} received`
  }
}
