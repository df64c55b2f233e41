/** What many seeds came to, summed; and what has to be so for the run to count. */

import { ASKS, type Fault, FAULTS, type Simulation } from '../../adapters/simulation/index.js'

/** Of one seed, as much as is summed. */
export interface SeedFigures {
  readonly seed: number
  readonly devices: number
  readonly deeds: Simulation['deeds']
  readonly restarts: number
  readonly steps: number
  readonly requests: number
  readonly conflicts: number
  readonly claims: Simulation['claims']
  readonly restored: number
  readonly struck: Simulation['struck']
  readonly asked: Simulation['asked']
  readonly hash: string
}

export interface Figures {
  readonly seeds: SeedFigures[]
  readonly failed: { readonly seed: number; readonly told: string }[]
  /** Seeds run twice, and those whose two runs were not the same. */
  twice: number
  readonly unequal: number[]
}

export function figuresOf(simulation: Simulation): SeedFigures {
  const { script, ...figures } = simulation
  const { seed, deeds, restarts, steps, requests, conflicts, claims, restored, struck, asked, hash } = figures
  const counts = { deeds, restarts, steps, requests, conflicts, claims, restored, struck, asked }
  return { seed, devices: script.devices, ...counts, hash }
}

/** Faults that a run of many seeds cannot miss. */
const NEEDED_STRIKES = 1
const LEAST_STEPS = 300
const LEAST_DEEDS = 40
const LEAST_CLAIMS = 4
/** Fewer seeds say nothing about medians. */
const ENOUGH_SEEDS = 200

export function report(figures: Figures): { readonly lines: readonly string[]; readonly faults: readonly string[] } {
  const { seeds, failed, unequal, twice } = figures
  const of = (pick: (one: SeedFigures) => number): readonly number[] => seeds.map(pick).sort((a, b) => a - b)
  const deeds = of((one) => one.deeds.all)
  const steps = of(({ steps: count }) => count)
  const struck = struckBy(seeds)
  const met = seeds.filter((one) => Object.keys(one.struck).length > 0).length
  const share = (pick: (one: SeedFigures) => number): number =>
    total(seeds, pick) /
    Math.max(
      1,
      total(seeds, (one) => one.deeds.all),
    )
  const moves = share((one) => one.deeds.moves)
  const directories = share((one) => one.deeds.directories)
  const lines = [
    `${seeds.length} seeds, ${failed.length} with a broken rule`,
    `devices: ${[1, 2, 3, 4, 5].map((count) => `${count}: ${seeds.filter(({ devices }) => devices === count).length}`).join(', ')}`,
    `user steps: median ${at(deeds, 0.5)}, least ${at(deeds, 0)}, most ${at(deeds, 1)}; ${percent(moves)} moves, ${percent(directories)} on directories`,
    `scheduler steps: median ${at(steps, 0.5)}, least ${at(steps, 0)}, p99 ${at(steps, 0.99)}`,
    `restarts: ${total(seeds, ({ restarts }) => restarts)}, requests: ${total(seeds, ({ requests }) => requests)}, conflict copies: ${total(seeds, ({ conflicts }) => conflicts)}`,
    `said synced: ${total(seeds, ({ claims }) => claims.made)} times, compared with the server: ${total(seeds, ({ claims }) => claims.held)}`,
    `on demand: ${ASKS.map((ask) => `${ask} ${total(seeds, ({ asked }) => asked[ask])}`).join(', ')}`,
    `ended contents looked for in the history: ${total(seeds, ({ restored }) => restored)}`,
    `a fault struck ${percent(met / Math.max(1, seeds.length))} of the seeds`,
    ...FAULTS.map((fault) => `  ${fault.padEnd(18)} ${struck[fault] ?? 0}`),
    `run twice: ${twice}, unequal: ${unequal.length}`,
  ]
  const faults = [
    ...failed.map(({ seed }) => `seed ${seed} broke a rule`),
    ...unequal.map((seed) => `seed ${seed} ran in two ways`),
    ...(seeds.length < ENOUGH_SEEDS
      ? []
      : [
          ...ASKS.filter((ask) => seeds.every(({ asked }) => asked[ask] === 0)).map((ask) => `no app got its ${ask}`),
          ...FAULTS.filter((fault) => (struck[fault] ?? 0) < NEEDED_STRIKES).map((fault) => `${fault} never struck`),
          ...(met < 0.8 * seeds.length ? ['fewer than 80 % of the seeds met a fault'] : []),
          ...(at(deeds, 0.5) < LEAST_DEEDS ? [`the median of user steps is below ${LEAST_DEEDS}`] : []),
          ...(at(steps, 0) < LEAST_STEPS ? [`a seed had fewer than ${LEAST_STEPS} scheduler steps`] : []),
          ...(moves < 0.2 ? ['fewer than 20 % of the user steps were moves'] : []),
          ...(directories < 0.1 ? ['fewer than 10 % of the user steps were on directories'] : []),
          ...(seeds.some(({ claims }) => claims.held < LEAST_CLAIMS)
            ? [`a seed had fewer than ${LEAST_CLAIMS} claims that could be compared`]
            : []),
          ...(seeds.some(({ restarts }) => restarts < 1) ? ['a seed had no restart'] : []),
        ]),
  ]
  return { lines, faults }
}

function struckBy(seeds: readonly SeedFigures[]): Partial<Record<Fault, number>> {
  const sum: Partial<Record<Fault, number>> = {}
  for (const { struck } of seeds)
    for (const [fault, count] of Object.entries(struck) as [Fault, number][]) sum[fault] = (sum[fault] ?? 0) + count
  return sum
}

function total(seeds: readonly SeedFigures[], pick: (one: SeedFigures) => number): number {
  return seeds.reduce((sum, one) => sum + pick(one), 0)
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
