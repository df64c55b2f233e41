/** A script by chance: clustered work on two to five devices, and what may break meanwhile. */

import type { SeededRandom } from '../shared/seeded-random.js'
import { between, chanceOf, weighted } from './chance.js'
import {
  type AppStep,
  type Ask,
  type Deed,
  type Fault,
  type FaultStep,
  type Phase,
  type Script,
  type UserStep,
} from './script.js'

/** How a script is drawn. */
export interface DrawOptions {
  /** Equal seeds and options give equal scripts. */
  readonly seed: number
  /** How many devices; 2 to 5 by chance where none is given. */
  readonly devices?: number | undefined
  /** Steps of users in all, of which some find nothing to do; 48 to 66 by chance where none is given. */
  readonly steps?: number | undefined
  /** Whether some devices have contents on demand, where there are two at least; in one world of four by default. */
  readonly onDemand?: boolean | undefined
  /** Weights of what breaks, in place of the usual ones; 0 for never. An empty object: nothing breaks. */
  readonly faults?: Partial<Readonly<Record<Fault, number>>> | undefined
}

const DEED_WEIGHTS: Readonly<Record<Deed, number>> = {
  create: 17,
  edit: 10,
  append: 3,
  'save-by-rename': 8,
  'save-by-backup': 3,
  'make-directory': 8,
  'move-file': 15,
  'move-directory': 9,
  swap: 3,
  copy: 2,
  'delete-file': 8,
  'delete-directory': 4,
  'change-kind': 3,
  executable: 3,
  touch: 4,
}

/** How often each breaks, against each other. What makes a server forget or a device lose its memory is rare. */
export const FAULT_WEIGHTS: Readonly<Record<Fault, number>> = {
  'drop-request': 14,
  'drop-answer': 14,
  duplicate: 12,
  delay: 10,
  cut: 6,
  corrupt: 6,
  partition: 8,
  kill: 12,
  'power-loss': 8,
  stop: 6,
  'server-kill': 6,
  'server-power-loss': 4,
  'server-restore': 2,
  'server-collect': 8,
  'disk-error': 8,
  'disk-full': 4,
  'clock-jump': 6,
  deaf: 14,
  echo: 6,
  'state-lost': 1,
  'state-old': 1,
}

const OF_SERVER: ReadonlySet<Fault> = new Set(['server-kill', 'server-power-loss', 'server-restore', 'server-collect'])
/** Over at once. */
const SUDDEN: ReadonlySet<Fault> = new Set([
  ...OF_SERVER,
  'kill',
  'power-loss',
  'stop',
  'clock-jump',
  'state-lost',
  'state-old',
])
const LEAST_STEPS = 48
const MOST_STEPS = 66
/** More, where worlds on demand are asked for: their users find fewer files, and more of what they set out to do comes to nothing. */
const STEPS_ON_DEMAND = 6
/** Steps that come as one burst, as tools and hurried users do. */
const MOST_IN_BURST = 7
const PHASES = 2
/** In one world of so many some devices have contents on demand. */
const ON_DEMAND_IN = 4
const ASK_WEIGHTS: Readonly<Record<Ask, number>> = { read: 5, bring: 2, 'let-go': 5 }
const MOST_ASKS = 12

/** Equal options give equal scripts. */
export function drawScript({ seed, devices, steps, faults = FAULT_WEIGHTS, onDemand }: DrawOptions): Script {
  const random = chanceOf(seed, 'script')
  const count = devices ?? drawDevices(random)
  const total = steps ?? between(random, LEAST_STEPS, MOST_STEPS) + (onDemand === true ? STEPS_ON_DEMAND : 0)
  const phases = Array.from({ length: PHASES }, (_, at) => {
    const share = at === 0 ? Math.ceil(total * 0.6) : total - Math.ceil(total * 0.6)
    return drawPhase(random, count, share, faults, at === 0)
  })
  const script = { seed, devices: count, phases }
  const demand = chanceOf(seed, 'on demand')
  const isDrawn = demand.below(ON_DEMAND_IN) === 0
  return (onDemand ?? isDrawn) && count > 1 ? withDemand(script, demand) : script
}

/** Some devices hold but what is asked for. Chance of its own: all else is what it was without. */
function withDemand(script: Script, random: SeededRandom): Script {
  const onDemand = Array.from({ length: between(random, 1, script.devices - 1) }, (_, at) => at + 1)
  const phases = script.phases.map((phase) => ({ ...phase, apps: drawApps(random, onDemand, phase) }))
  return { ...script, onDemand, phases }
}

function drawApps(random: SeededRandom, devices: readonly number[], { users, faults }: Phase): readonly AppStep[] {
  const until = Math.max(1, ...[...users, ...faults].map(({ at }) => at))
  const step = (): AppStep => ({
    at: random.below(until),
    device: devices[random.below(devices.length)] ?? 1,
    asks: weighted(random, ASK_WEIGHTS),
    pick: random.below(1 << 16),
  })
  return Array.from({ length: between(random, 4, MOST_ASKS) }, step).sort((a, b) => a.at - b.at)
}

function drawDevices(random: SeededRandom): number {
  const roll = random.below(100)
  return roll < 62 ? 2 : roll < 90 ? 3 : roll < 97 ? 4 : 5
}

function drawPhase(
  random: SeededRandom,
  devices: number,
  steps: number,
  weights: Partial<Readonly<Record<Fault, number>>>,
  isFirst: boolean,
): Phase {
  const users: UserStep[] = []
  let now = 0
  while (users.length < steps) {
    now += between(random, 20, 6_000)
    const device = random.below(devices)
    const burst = between(random, 1, Math.min(MOST_IN_BURST, steps - users.length))
    for (let at = 0; at < burst; at++) {
      users.push({ at: now, device, deed: weighted(random, DEED_WEIGHTS), picks: drawPicks(random) })
      now += random.below(4) === 0 ? between(random, 1, 400) : 0
    }
  }
  const faults = drawFaults(random, devices, now + 5_000, weights, isFirst)
  return { users, faults }
}

function drawPicks(random: SeededRandom): UserStep['picks'] {
  return [random.below(1 << 16), random.below(1 << 16), random.below(1 << 16), random.below(1 << 16)]
}

/** One restart at least in a script, where restarts are wanted at all. */
function drawFaults(
  random: SeededRandom,
  devices: number,
  until: number,
  weights: Partial<Readonly<Record<Fault, number>>>,
  restarts: boolean,
): readonly FaultStep[] {
  const known = Object.fromEntries(Object.entries(weights).filter(([, weight]) => weight > 0)) as Record<Fault, number>
  if (Object.keys(known).length === 0) return []
  const wanted: Fault[] = Array.from({ length: between(random, 2, 7) }, () => weighted(random, known))
  const restart = (['kill', 'power-loss', 'stop'] as const).filter((fault) => (weights[fault] ?? 0) > 0)
  const sure = restart[random.below(Math.max(1, restart.length))]
  if (restarts && sure !== undefined) wanted.push(sure)
  return wanted
    .map((fault): FaultStep => {
      const device = OF_SERVER.has(fault) ? null : random.below(devices)
      const lasts = SUDDEN.has(fault) ? 0 : between(random, 500, 12_000)
      return { at: random.below(until), fault, device, lasts, pick: random.below(1 << 16) }
    })
    .sort((a, b) => a.at - b.at)
}
