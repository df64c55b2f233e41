/** Tells what the demo is at: one moving line on a terminal, plain lines elsewhere, nothing under `--json`. */

import picocolors from 'picocolors'
import type { Check, Scene } from './checks.js'

const CLEAR = '\r\u001b[2K'

export class Teller {
  readonly #json: boolean
  readonly #moving: boolean
  #title = ''

  constructor({ json }: { readonly json: boolean }) {
    this.#json = json
    this.#moving = !json && process.stdout.isTTY && process.env['TERM'] !== 'dumb'
  }

  begin(title: string): void {
    this.#title = title
    if (this.#moving) process.stdout.write(`${CLEAR}… ${title}`)
    else if (!this.#json) process.stdout.write(`… ${title}\n`)
  }

  progress(text: string): void {
    if (this.#moving) process.stdout.write(`${CLEAR}… ${this.#title} ${picocolors.dim(text)}`)
  }

  done({ title, checks }: Scene): void {
    if (this.#json) return
    this.clear()
    const good = checks.every(({ holds }) => holds)
    process.stdout.write(`${good ? picocolors.green('✔') : picocolors.red('✘')} ${title}\n`)
    for (const check of checks) {
      process.stdout.write(`  ${check.holds ? picocolors.dim('·') : picocolors.red('✘')} ${wordsOf(check)}\n`)
    }
  }

  clear(): void {
    if (this.#moving) process.stdout.write(CLEAR)
  }
}

/** Numbers with what they were to be; of the rest, what went wrong. */
function wordsOf({ what, limit, holds, found }: Check): string {
  if (limit === null) return holds && (found === 'yes' || found === 'none') ? what : `${what}: ${found}`
  return `${what}: ${found}${holds && limit.startsWith('=') ? '' : ` (${limit})`}`
}
