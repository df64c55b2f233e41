/** Unison over a pipe, one hop, both directions: run for each change, its archives kept. */

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Carried, type Contender, type Meeting, now } from './contender.js'

/** Unison calls it like ssh. Both directions pass through a file each, whose length tells how much it was. */
const SHELL = `#!/bin/sh
while [ "$1" != unison ]; do shift; done
tee "$UNISON_WIRE/up" | "$@" | tee "$UNISON_WIRE/down"
`

const FLAGS = ['-batch', '-auto', '-silent', '-times', '-confirmbigdel=false', '-ignore', 'Name .tidemark']

export function unison(): Contender {
  return { name: 'unison', meet: (directory) => Promise.resolve(meet(directory)) }
}

function meet(directory: string): Meeting {
  const [from, to, wire, archives] = ['from', 'to', 'wire', 'archives'].map((name) => {
    mkdirSync(join(directory, name))
    return join(directory, name)
  }) as [string, string, string, string]
  const shell = join(directory, 'shell')
  writeFileSync(shell, SHELL)
  chmodSync(shell, 0o700)
  const env = { ...process.env, UNISON: archives, UNISON_WIRE: wire }
  const run = (land: () => void): Promise<Carried> => {
    const began = now()
    land()
    const args = [from, `ssh://localhost/${to}`, '-sshcmd', shell, ...FLAGS]
    const { status, stderr } = spawnSync('unison', args, { env, encoding: 'utf8' })
    const wallMs = now() - began
    if (status !== 0) throw new Error(`unison failed: ${stderr}`)
    const bytes = statSync(join(wire, 'up')).size + statSync(join(wire, 'down')).size
    return Promise.resolve({ wallMs, pushMs: null, hops: [bytes], requests: null })
  }
  return { from, to, carry: run, idle: () => run(() => undefined), close: () => Promise.resolve() }
}
