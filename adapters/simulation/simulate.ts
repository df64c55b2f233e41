/**
 * One seed, one world, one verdict: `simulate({ seed })`. The engine, the server, the folder code and the pack files are the
 * shipped ones; disks, network, time and users are simulated.
 */

import { type Hasher, TidemarkError } from '../../src/index.js'
import type { Violation } from './checks.js'
import { drawScript } from './draw-script.js'
import { type Fault, FAULTS, type Script, userSteps } from './script.js'
import type { Decorations } from './simulated-device.js'
import { shrink } from './shrink.js'
import type { Strike } from './strike.js'
import { type RunReport, World } from './world.js'

/** What a run is made from. */
export interface SimulationOptions {
  /** A whole number. Equal seeds and options give equal runs. */
  readonly seed: number
  /** From 1 to 8; 2 to 5 by chance by default. */
  readonly devices?: number | undefined
  /** Steps of users, from 1 to 1,000, of which some find nothing to do; 48 to 66 by chance by default. */
  readonly steps?: number | undefined
  /** Whether some devices have contents on demand, where there are two at least; in one world of four by default. */
  readonly onDemand?: boolean | undefined
  /** What may break, with weights against each other; the usual ones by default. `{}`: nothing breaks. */
  readonly faults?: Partial<Readonly<Record<Fault, number>>> | undefined
  /** In place of what is drawn from the seed: what a failed run was cut down to. */
  readonly script?: Script | undefined
  /** One thing that breaks at one exact moment of the last phase: for sweeps. */
  readonly strike?: Strike | undefined
  /** Parts of your own in place of the shipped ones, or around them. */
  readonly decorations?: Decorations | undefined
  /** A fast one makes fast runs. The portable one by default. */
  readonly hasher?: Hasher | undefined
  /** Cuts the script of a failed run down to what still fails, by running it again and again. Default false. */
  readonly shrinks?: boolean | undefined
  /** Keeps the story. Default false; of a failed run it is kept all the same. */
  readonly tells?: boolean | undefined
}

/** What became of it. */
export interface Simulation extends RunReport {
  /** As it was given. */
  readonly seed: number
  /** No rule was broken. */
  readonly isGood: boolean
  /** What was run; after `shrinks` the shortest that still failed. */
  readonly script: Script
}

const KNOWN = [
  'seed',
  'devices',
  'steps',
  'faults',
  'onDemand',
  'script',
  'strike',
  'decorations',
  'hasher',
  'shrinks',
  'tells',
] as const
const MOST_DEVICES = 8
const MOST_STEPS = 1_000

/** Fails with `invalid-option` or `unknown-option`; a broken rule is no failure of the call. */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  checkOptions(options)
  const { seed, hasher, decorations, strike, tells = false, shrinks = false } = options
  const script = options.script ?? drawScript(options)
  const run = (one: Script, isTold: boolean): Promise<RunReport> =>
    new World({ script: one, hasher, decorations, strike, tells: isTold, turn: hostTurn }).run()
  const first = await run(script, tells)
  if (first.violations.length === 0) return { ...first, seed, isGood: true, script }
  const shortest = shrinks ? await shrink(script, async (one) => (await run(one, false)).violations) : script
  const told = await run(shortest, true)
  return { ...told, seed, isGood: false, script: shortest }
}

/** The broken rules, the script, and how to see it again: for a test that fails. */
export function explainFailure({ seed, violations, script, story }: Simulation): string {
  const broken = violations.map(({ rule, what }: Violation) => `${rule}: ${what}`).join('\n')
  return `seed ${seed}, ${userSteps(script)} steps of users\n${broken}\n\n${story.join('\n')}\n\nscript: ${JSON.stringify(script)}`
}

function checkOptions(options: SimulationOptions): void {
  for (const name of Object.keys(options)) {
    if (KNOWN.some((known) => known === name)) continue
    throw new TidemarkError('unknown-option', `simulate has no option ${name}.`, {
      subject: name,
      next: `Known are ${KNOWN.join(', ')}.`,
    })
  }
  whole('seed', options.seed, 0, Number.MAX_SAFE_INTEGER)
  if (options.devices !== undefined) whole('devices', options.devices, 1, MOST_DEVICES)
  if (options.steps !== undefined) whole('steps', options.steps, 1, MOST_STEPS)
  for (const fault of Object.keys(options.faults ?? {})) {
    if (FAULTS.some((known) => known === fault)) continue
    throw new TidemarkError('unknown-option', `There is no fault ${fault}.`, {
      subject: `faults.${fault}`,
      next: `Known are ${FAULTS.join(', ')}.`,
    })
  }
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  throw new TidemarkError('invalid-option', `${name} is a whole number from ${least} to ${most}.`, { subject: name })
}

/** Now and then the host gets its turn, too: for its timers, and to sweep up after what is garbage. */
const TURNS_OF_OURS = 50
let turns = 0

/**
 * Every promise that can settle has settled by then: a tick that is asked for by a promise comes when none is left, without
 * a round of the event loop.
 */
function hostTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (++turns % TURNS_OF_OURS === 0) setImmediate(resolve)
    else process.nextTick(resolve)
  })
}
