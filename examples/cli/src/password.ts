/** A password comes from the terminal, from stdin or from the environment; never from the command line, where others see it. */

import { TidemarkError } from 'tidemark'
import { PASSWORD_MIN_LENGTH } from 'tidemark/accounts'

export interface PasswordOptions {
  readonly fromStdin: boolean
  /** A new one is asked for twice. */
  readonly isNew: boolean
}

const MAX_BYTES = 4_096

/** @throws invalid-option when there is none, aborted */
export async function readPassword({ fromStdin, isNew }: PasswordOptions): Promise<string> {
  const given = process.env['TIDEMARK_PASSWORD'] ?? ''
  if (fromStdin) return firstLine()
  if (given !== '') return given
  if (!process.stdin.isTTY) {
    throw new TidemarkError('invalid-option', 'there is no password', {
      subject: 'password',
      next: 'Pass --password-stdin, set TIDEMARK_PASSWORD, or run it on a terminal.',
    })
  }
  const first = await prompt('Password')
  if (isNew) checkLength(first)
  if (isNew && (await prompt('The same again')) !== first) {
    throw new TidemarkError('invalid-option', 'the two passwords differ', { subject: 'password', next: 'Try again.' })
  }
  return first
}

/** Before it is typed a second time. Everything else of it is judged by the server. */
function checkLength(password: string): void {
  if (Array.from(password.normalize('NFKC')).length >= PASSWORD_MIN_LENGTH) return
  throw new TidemarkError('invalid', `the password has to be at least ${PASSWORD_MIN_LENGTH} characters long`, {
    subject: 'password',
    next: 'A few unrelated words are easy to remember and hard to guess.',
  })
}

async function prompt(message: string): Promise<string> {
  const { isCancel, password: ask } = await import('@clack/prompts')
  const answer = await ask({ message, output: process.stderr })
  if (isCancel(answer)) throw new TidemarkError('aborted', 'the question was not answered')
  return answer ?? ''
}

async function firstLine(): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    parts.push(part)
    size += part.length
    if (size > MAX_BYTES || part.includes(0x0a)) break
  }
  const [line = ''] = Buffer.concat(parts).toString('utf8').split(/\r?\n/, 1)
  if (line !== '') return line
  throw new TidemarkError('invalid-option', 'stdin held no password', {
    subject: 'password',
    next: 'Write it as one line.',
  })
}
