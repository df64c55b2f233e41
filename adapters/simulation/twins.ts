/**
 * Twins: the same script twice, with one thing otherwise that must not matter, has to end in the same tree. INV-14: the
 * clocks of the devices; INV-15: the events of the watchers. Each burst of a user is followed by rest: a look more or less
 * moves everything by some milliseconds, and a user who works meanwhile would find something else to do.
 */

import type { Hasher, Watcher } from '../../src/index.js'
import type { Tree } from './oracle.js'
import type { Phase, Script, UserStep } from './script.js'
import type { Decorations } from './simulated-device.js'
import { difference, treeOf } from './trees.js'
import { World } from './world.js'

/** What must not matter. */
export type TwinKind = 'clocks' | 'events'

/** How two runs of one script differ: broken rules of either, and places where their trees do. */
export interface TwinVerdict {
  readonly violations: readonly string[]
  readonly differs: readonly string[]
  readonly entries: number
}

export interface TwinOptions {
  readonly script: Script
  readonly kind: TwinKind
  readonly hasher: Hasher
  readonly turn: () => Promise<void>
  /** Of both, for worlds that are known to be wrong. */
  readonly decorations?: Decorations | undefined
}

const SECOND = 1_000
const YEAR = 365 * 24 * 3_600 * SECOND
/** Of one device after the other, milliseconds: seconds to decades, into the past and beyond 2106. */
const SKEWS = [-37 * YEAR, 90 * YEAR, 7 * SECOND, -3_600 * SECOND, 2 * YEAR]
const SILENT: Watcher = { start: async () => {}, stop: async () => {} }
/** Steps farther apart are no burst, milliseconds. */
const BURST_MS = 401

export async function compareTwins(options: TwinOptions): Promise<TwinVerdict> {
  const { kind } = options
  const script = calm(options.script)
  const one = await play(options, script, {})
  const other = await play(options, script, kind === 'clocks' ? { skews: SKEWS } : { isSilent: true })
  return {
    violations: [...one.violations, ...other.violations],
    differs: difference(one.tree, other.tree),
    entries: one.tree.size,
  }
}

/** A phase for each burst: everything rests before the next one. */
function calm(script: Script): Script {
  const bursts: UserStep[][] = []
  for (const step of script.phases.flatMap(({ users }) => users)) {
    const last = bursts.at(-1)
    const before = last?.at(-1)
    const isSame = before !== undefined && before.device === step.device && step.at >= before.at
    if (last !== undefined && isSame && step.at - before.at < BURST_MS) last.push(step)
    else bursts.push([step])
  }
  const phases = bursts.map((users): Phase => {
    const from = users[0]?.at ?? 0
    return { users: users.map((step) => ({ ...step, at: step.at - from })), faults: [] }
  })
  // What an app asked for by then is a matter of moments, and so is what is here.
  return { ...script, phases, onDemand: [] }
}

async function play(
  { hasher, turn, decorations = {} }: TwinOptions,
  script: Script,
  { skews, isSilent = false }: { readonly skews?: readonly number[]; readonly isSilent?: boolean },
): Promise<{ readonly tree: Tree; readonly violations: readonly string[] }> {
  const options = isSilent ? { options: () => ({ watcher: SILENT }) } : {}
  const world = new World({ script, hasher, turn, skews, decorations: { ...decorations, ...options } })
  const { violations } = await world.run()
  const [first] = world.inhabitants
  const tree = first === undefined ? new Map<string, string | null>() : treeOf(first.user)
  return { tree, violations: violations.map(({ rule, what }) => `${rule}: ${what}`) }
}
