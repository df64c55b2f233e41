/** rsync over a pipe, one hop: no server, nothing made durable. The delta algorithm is on, as it is over a network. */

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Carried, type Contender, type Meeting, now } from './contender.js'

/** rsync calls it with the name of a host and what to run there. */
const SHELL = `#!/bin/sh
shift
exec "$@"
`

/** `-z` compresses. */
export function rsync(flags: readonly string[] = []): Contender {
  return { name: ['rsync', ...flags].join(' '), meet: (directory) => Promise.resolve(meet(directory, flags)) }
}

function meet(directory: string, flags: readonly string[]): Meeting {
  const [from, to, shell] = [join(directory, 'from'), join(directory, 'to'), join(directory, 'shell')]
  mkdirSync(from)
  mkdirSync(to)
  writeFileSync(shell, SHELL)
  chmodSync(shell, 0o700)
  // By nanoseconds: a change may follow the last run within its second.
  const args = ['-a', '--delete', '--modify-window=-1', '--stats', ...flags, '-e', shell, `${from}/`, `beside:${to}/`]
  const run = (land: () => void): Promise<Carried> => {
    const began = now()
    land()
    const { status, stdout, stderr } = spawnSync('rsync', args, { encoding: 'utf8' })
    const wallMs = now() - began
    if (status !== 0) throw new Error(`rsync failed: ${stderr}`)
    return Promise.resolve({ wallMs, pushMs: null, hops: [bytesOf(stdout)], requests: null })
  }
  return { from, to, carry: run, idle: () => run(() => undefined), close: () => Promise.resolve() }
}

function bytesOf(stats: string): number {
  const [sent, received] = ['sent', 'received'].map((way) => {
    const [, digits] = new RegExp(`Total bytes ${way}: ([\\d,]+)`).exec(stats) ?? []
    if (digits === undefined) throw new Error(`rsync told no bytes ${way}: ${stats}`)
    return Number(digits.replaceAll(',', ''))
  })
  return (sent ?? 0) + (received ?? 0)
}

/** Null where it is not installed. */
export function versionOf(command: string, ...args: readonly string[]): string | null {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0] ?? null
  } catch {
    return null
  }
}
