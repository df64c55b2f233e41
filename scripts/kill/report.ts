/** The figures of a kill loop, for people and for programs, and what is wrong with them. */

import type { KillFigures, Victim } from './kill-loop.js'
import { type Phase, PHASES } from './phase.js'

/** Of all kills at least so many find something open: else they prove little. */
const LEAST_SHARE = 0.8
const SHOWN = 10

const VICTIMS: readonly Victim[] = ['client', 'server']

export function countOf({ kills }: KillFigures, victim: Victim, phase: Phase): number {
  return kills.filter((kill) => kill.victim === victim && kill.phase === phase).length
}

export function shareOpen({ kills }: KillFigures): number {
  return kills.length === 0 ? 0 : kills.filter(({ phase }) => phase !== 'idle').length / kills.length
}

/** One sentence each; none when all is well. */
export function faults(figures: KillFigures, leastShare = LEAST_SHARE): readonly string[] {
  const { lost, stray, mixed, verifyProblems, broken } = figures
  const share = shareOpen(figures)
  return [
    ...(broken === null ? [] : [broken]),
    ...(lost.length === 0 ? [] : [`${lost.length} contents lost: ${lost.slice(0, SHOWN).join('; ')}`]),
    ...(stray.length === 0 ? [] : [`${stray.length} stray: ${stray.slice(0, SHOWN).join('; ')}`]),
    ...(mixed.length === 0 ? [] : [`${mixed.length} that no user wrote: ${mixed.slice(0, SHOWN).join('; ')}`]),
    ...(verifyProblems === null || verifyProblems === 0 ? [] : [`tidemark verify found ${verifyProblems} problems`]),
    ...(share >= leastShare ? [] : [`only ${percent(share)} of the kills found anything open`]),
  ]
}

export function table(figures: KillFigures, seed: number): string {
  const { kills, rests, written, lost, stray, mixed, verifyProblems, seconds } = figures
  const header = ['killed'.padEnd(8), ...PHASES.map((phase) => phase.padStart(13)), 'all'.padStart(7)].join('')
  const rows = VICTIMS.map((victim) => {
    const counts = PHASES.map((phase) => countOf(figures, victim, phase))
    const all = counts.reduce((sum, count) => sum + count, 0)
    return [victim.padEnd(8), ...counts.map((count) => String(count).padStart(13)), String(all).padStart(7)].join('')
  })
  return [
    header,
    ...rows,
    `${kills.length} kills in ${seconds.toFixed(0)} s (${(kills.length / seconds).toFixed(2)} a second), ${percent(shareOpen(figures))} in an open phase, seed ${seed}`,
    `${written} contents written; ${rests} rests, all trees equal at each`,
    `lost ${lost.length}, stray ${stray.length}, mixed ${mixed.length}, problems of verify ${verifyProblems ?? 'not asked'}`,
  ].join('\n')
}

export function summary(figures: KillFigures, seed: number): Readonly<Record<string, unknown>> {
  const { kills: _, ...rest } = figures
  const kills = VICTIMS.flatMap((victim) =>
    PHASES.map((phase) => ({ victim, phase, kills: countOf(figures, victim, phase) })),
  )
  return { seed, kills, share: shareOpen(figures), ...rest, faults: faults(figures) }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
