/** Puts every kind of strike at every moment of a scenario, one run each, and tells which broke a rule. */

import { simulate, type Strike } from '../../adapters/simulation/index.js'
import type { Hasher } from '../../src/index.js'
import { type Scenario, scriptOf } from './scenarios.js'

export interface SweepResult {
  readonly title: string
  /** Moments there were: calls of the disks of both devices and of the server, and requests. */
  readonly moments: number
  readonly runs: number
  /** Runs in which the strike found its moment. */
  readonly struck: number
  readonly failed: readonly { readonly strike: Strike; readonly what: string }[]
}

const LOSSES: readonly Strike['what'][] = [
  'kill',
  { content: 'kept', names: 'lost' },
  { content: 'torn', names: 'kept' },
  { content: 'zeroed', names: 'kept' },
  { content: 'absent', names: 'lost' },
]
/** Of INV-25; the twelfth is one of browsers. */
const ERRNOS = [
  ...['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE'],
  ...['EIO', 'EROFS', 'EBUSY', 'ENAMETOOLONG', 'EXDEV'],
]
/** Of a user, between any two calls: what is planned by then no longer holds (INV-18). */
const DEEDS: readonly Strike['what'][] = [
  { deed: 'edit', picks: [1, 0, 11, 0] },
  { deed: 'save-by-rename', picks: [0, 0, 12, 0] },
  { deed: 'move-file', picks: [1, 0, 5, 0] },
  { deed: 'delete-file', picks: [1, 0, 0, 0] },
]
const OF_DISK: readonly Strike['what'][] = [...LOSSES, ...ERRNOS.map((errno) => ({ errno })), ...DEEDS]
const OF_REQUEST: readonly Strike['what'][] = [
  ...(['drop-request', 'drop-answer', 'duplicate', 'delay-request', 'delay-answer'] as const),
  { restore: 'same' },
  { restore: 'new' },
]

/** `stride` 1: at every moment; else at each `stride`-th, beginning with another one for each kind of strike. */
export async function sweep(scenario: Scenario, stride: number, hasher: Hasher): Promise<SweepResult> {
  const script = scriptOf(scenario)
  const run = (strike?: Strike) => simulate({ seed: script.seed, script, hasher, ...(strike && { strike }) })
  const { moments, violations } = await run()
  if (violations.length > 0) throw new Error(`${scenario.title}: ${violations[0]?.what}`)
  const places = [
    ...[0, 1].map((device) => ({ device, at: 'disk' as const, kinds: OF_DISK })),
    { device: null, at: 'disk' as const, kinds: LOSSES },
    ...[0, 1].map((device) => ({ device, at: 'request' as const, kinds: OF_REQUEST })),
  ]
  const result = {
    title: scenario.title,
    moments: 0,
    runs: 0,
    struck: 0,
    failed: [] as { strike: Strike; what: string }[],
  }
  for (const { device, at, kinds } of places) {
    const count = moments.count(device, at)
    result.moments += count
    for (const [kind, what] of kinds.entries()) {
      for (let index = kind % stride; index < count; index += stride) {
        const strike: Strike = { device, at, index, what }
        const outcome = await run(strike)
        result.runs += 1
        result.struck += outcome.moments.hasStruck ? 1 : 0
        const [first] = outcome.violations
        if (first !== undefined) result.failed.push({ strike, what: `${first.rule}: ${first.what.split('\n')[0]}` })
      }
    }
  }
  return result
}
