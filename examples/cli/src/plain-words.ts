/** Statuses, guards, problems and operations as sentences. Data in, text out. */

import type { AppliedChange, Guard, Problem, Status } from 'tidemark'
import { count } from './amount.js'

const STATES: Readonly<Record<Status['state'], string>> = {
  synced: 'in step',
  syncing: 'at work',
  offline: 'offline: the server cannot be reached, work goes on here',
  paused: 'paused: the folder is not there, or not the one it was',
  guarded: 'a guard waits for your answer',
  reset: 'the server has another history: nothing is deleted, both sides are united',
  unauthorized: "not let in: log in again with 'tidemark login <name>'",
  stopped: 'stopped',
}

export function statusWords({ state, why, known, pending }: Status): string {
  const at = known === null ? '' : ` at ${known.sequence}`
  const waiting = pending === 0 || state === 'synced' ? '' : `, ${count(pending, 'change')} waiting`
  const words = state === 'paused' && why != null ? `paused: ${why.message}` : STATES[state]
  return `${words}${state === 'synced' ? at : ''}${waiting}`
}

export function problemWords({ path, message }: Problem): string {
  return `${path === '' ? 'the folder itself' : path}: ${message}`
}

export function guardWords({ id, direction, deletes, of }: Guard, folder: string): string {
  const where = direction === 'up' ? 'on the server and every other device' : 'here'
  return `${deletes} of ${of} files would be deleted ${where}. If that is right: tidemark sync ${folder} --confirm ${id}, if not: --decline ${id}`
}

/** Null for steps that nobody sees. */
export function changeWords({ type, path, from }: AppliedChange): string | null {
  switch (type) {
    case 'create':
      return `+ ${path}`
    case 'replace':
    case 'executable':
      return `~ ${path}`
    case 'remove':
      return `- ${path}`
    case 'release':
      return `○ ${path}`
    case 'move':
    case 'attach':
      return from === undefined ? `> ${path}` : `> ${from} → ${path}`
    case 'aside':
    case 'detach':
      return null
  }
}
