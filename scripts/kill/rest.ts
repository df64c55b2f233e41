/**
 * A rest: nobody writes, nobody is killed, until every folder says `synced` and two looks at all of them agree. Then everything
 * that must hold is checked.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from './ledger.js'
import { differences, digestsOf, lookAt, type TreeLook } from './tree.js'
import { type KillWorld, type Side, Violation } from './world.js'

const PATIENCE_MS = 120_000
const LOOK_EVERY_MS = 50
const SHOWN = 5

export interface RestFindings {
  readonly lost: readonly string[]
  readonly stray: readonly string[]
  /** Contents that no user wrote as they are. */
  readonly mixed: readonly string[]
  readonly files: number
}

/** @throws Violation when it never comes to rest, or when a program ended by itself */
export async function rest(world: KillWorld, ledger: Ledger, signal: AbortSignal): Promise<RestFindings> {
  const end = performance.now() + PATIENCE_MS
  let before: readonly TreeLook[] | null = null
  for (;;) {
    signal.throwIfAborted()
    if (world.violation !== null) throw world.violation
    const looks = world.sides.every(isSynced) ? attempt(() => world.sides.map(({ root }) => lookAt(root))) : null
    if (looks !== null && before !== null && agree([...before, ...looks])) return findings(world.sides, looks, ledger)
    if (performance.now() > end) throw new Violation(`no rest: ${unrest(world.sides, looks)}`)
    before = looks
    await sleep(LOOK_EVERY_MS)
  }
}

function isSynced({ party, status }: Side): boolean {
  return party?.isReady === true && status?.state === 'synced'
}

/** Null when something went away while it was looked at. */
function attempt<T>(look: () => T): T | null {
  try {
    return look()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function agree([first, ...others]: readonly TreeLook[]): boolean {
  return first !== undefined && others.every((other) => differences(first, other).length === 0)
}

function unrest(sides: readonly Side[], looks: readonly TreeLook[] | null): string {
  const said = sides.map(({ name, status }) => `${name} ${JSON.stringify(status)}`).join('; ')
  const [first, ...others] = looks ?? []
  const unequal = others.flatMap((other) => (first === undefined ? [] : differences(first, other)))
  return `${said}; ${unequal.slice(0, SHOWN).join('; ')}`
}

function findings(sides: readonly Side[], looks: readonly TreeLook[], ledger: Ledger): RestFindings {
  const live = new Set(looks.flatMap((look) => [...digestsOf(look)]))
  return {
    lost: ledger.lost(live).map(({ number, story }) => `content ${number}: ${story.join(', ')}`),
    stray: looks.flatMap(({ stray }, at) => stray.map((path) => `${sides[at]?.name}:${path}`)),
    mixed: [...(looks[0]?.entries ?? [])]
      .filter(([, entry]) => entry !== 'd' && !ledger.isKnown(entry.replace('*', '')))
      .map(([path]) => path),
    files: live.size,
  }
}
