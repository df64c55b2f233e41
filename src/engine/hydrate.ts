/**
 * `hydrate(path)`: brings contents that are asked for to this disk, in a turn of its own in which nothing else is done.
 * It is an ordinary plan of which only these files are carried out, with the directories they stand in.
 */

import { TidemarkError } from '../errors.js'
import type { NodeId } from '../model/ids.js'
import type { CycleParts } from './cycle.js'
import { askFor, askNoMore, isAway, liveBelow } from './hydration.js'
import { codeOf } from './known-error.js'
import { knownPath, nodeAt } from './node-paths.js'

/** What came of asking for contents. */
export interface Hydrated {
  /** Files whose content came by this call. */
  readonly files: number
  /** Paths of files whose content is not here yet: `why` tells what stands in the way. */
  readonly left: readonly string[]
}

/** Carries out what is open of these nodes, and nothing else. */
export interface Bringer {
  bring(ids: ReadonlySet<NodeId>, signal: AbortSignal): Promise<void>
}

export async function hydratePath(
  parts: CycleParts,
  path: string,
  cycle: Bringer,
  signal: AbortSignal,
): Promise<Hydrated> {
  const { trees } = parts.state
  const id = nodeAt(trees, path)
  if (id === null) {
    throw new TidemarkError('not-found', `there is no '${path}'`, {
      subject: path,
      next: 'Check the spelling; a path is given from the root of the folder.',
    })
  }
  const ids = [...liveBelow(trees, id)].flatMap((node) => (isAway(trees, node.id) ? [node.id] : []))
  await bringHere(parts, new Set(ids), cycle, signal)
  const left = ids.filter((one) => trees.localNode(one) === null).map((one) => knownPath(trees, one) ?? '')
  return { files: ids.length - left.length, left: left.sort() }
}

/**
 * What the disk does not take stays away, and is not tried again by itself. What a server that went away still owes comes
 * when it is back; a caller who gives up gets nothing later.
 */
export async function bringHere(
  parts: CycleParts,
  ids: ReadonlySet<NodeId>,
  cycle: Bringer,
  signal: AbortSignal,
): Promise<void> {
  if (ids.size === 0) return
  const { trees } = parts.state
  for (const id of ids) askFor(trees, id)
  try {
    await cycle.bring(ids, signal)
  } catch (error) {
    if (codeOf(error) === 'aborted') letBe(parts, ids)
    throw error
  }
  letBe(parts, ids)
}

function letBe({ state, troubles, hydration, admit }: CycleParts, ids: ReadonlySet<NodeId>): void {
  if (hydration === 'all') return
  for (const id of ids) {
    if (!isAway(state.trees, id)) continue
    askNoMore(state.trees, id)
    const path = knownPath(state.trees, id)
    if (path !== null) troubles.problems.delete(path)
    admit(id)
  }
}
