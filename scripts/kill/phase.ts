/**
 * In which phase a kill found its victim, told from outside: by the requests that were open on its wire, and by what it left in
 * `.tidemark` (outbox, intents, staged and detached files). The state store is read from a copy, as the kill left it.
 */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenRequest } from './relay.js'
import { stateRows } from './state-rows.js'

export const PHASES = ['transfer up', 'transfer down', 'commit', 'apply', 'idle'] as const
export type Phase = (typeof PHASES)[number]

const PHASE_OF: Readonly<Record<string, Phase>> = {
  put: 'transfer up',
  'get-signatures': 'transfer up',
  'get-chunks': 'transfer down',
  commit: 'commit',
}

/** The phase in which such a request is open; null for those that carry neither content nor changes. */
export function phaseOf(type: string): Phase | null {
  return PHASE_OF[type] ?? null
}

/** Of a killed client. What is furthest in the cycle names it: an apply that is open is one, whatever is fetched meanwhile. */
export function clientPhase(root: string, open: readonly OpenRequest[]): Phase {
  const left = leftBehind(root)
  const phases = open.map(({ type }) => phaseOf(type))
  if (left.intents > 0 || left.detached > 0) return 'apply'
  if (phases.includes('commit')) return 'commit'
  if (phases.includes('transfer up')) return 'transfer up'
  if (left.outbox > 0) return 'commit'
  if (phases.includes('transfer down') || left.staged > 0) return 'transfer down'
  return 'idle'
}

/** Of a killed server: it has the whole request and has not answered it, or is on its way with contents. */
export function serverPhase(open: readonly OpenRequest[]): Phase {
  const phases = open.map(({ type, stage }) => {
    const phase = phaseOf(type)
    return phase === 'commit' && stage !== 'whole' ? null : phase
  })
  return (['commit', 'transfer up', 'transfer down'] as const).find((phase) => phases.includes(phase)) ?? 'idle'
}

interface LeftBehind {
  readonly outbox: number
  readonly intents: number
  readonly staged: number
  readonly detached: number
}

function leftBehind(root: string): LeftBehind {
  const own = join(root, '.tidemark')
  const inRoom = (room: string): number => (existsSync(join(own, room)) ? readdirSync(join(own, room)).length : 0)
  const keys = [...stateRows(root).keys()]
  const rows = (prefix: string): number => keys.filter((key) => key.startsWith(prefix)).length
  return { outbox: rows('o/'), intents: rows('i/'), staged: inRoom('staging'), detached: inRoom('moving') }
}
