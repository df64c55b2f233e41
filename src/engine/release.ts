/**
 * `release(path)`: lets contents go from this disk that the server has, so that they take no room. Only what is in step and
 * untouched goes; the row says `placeholder` before the file leaves its place, so that no crash makes a delete of it.
 */

import { TidemarkError } from '../errors.js'
import type { Target } from '../interfaces/local-store.js'
import type { NodeId } from '../model/ids.js'
import type { Expected, RemoveOperation } from '../model/plan.js'
import type { SyncedRow } from '../model/tree.js'
import { ApplyRun } from './apply-run.js'
import type { CycleParts } from './cycle.js'
import { liveBelow, RELEASE_TICKS, staysHere } from './hydration.js'
import { knownPath, nodeAt } from './node-paths.js'
import { stale } from './unedited.js'

/** What came of letting contents go. */
export interface Released {
  /** Files that are on the server alone now. */
  readonly files: number
  /** Their sizes, bytes. */
  readonly bytes: number
  /** Paths of files that stay, because they are not in step or are just being worked on; rule files stay untold. */
  readonly left: readonly string[]
}

/** One file on its way out. */
interface Leaving {
  readonly id: NodeId
  readonly row: SyncedRow
  readonly from: Target
  readonly expected: Expected
}

/** Rows and files of so many go together: one save for all. */
const AT_ONCE = 256

export async function releasePath(parts: CycleParts, path: string, signal: AbortSignal): Promise<Released> {
  const { trees } = parts.state
  if (parts.hydration === 'all') {
    throw new TidemarkError('invalid', 'this engine keeps every content: what is let go would come back', {
      subject: path,
      next: "Make the engine with the option hydrate: 'on-demand'.",
    })
  }
  const id = nodeAt(trees, path)
  if (id === null) throw new TidemarkError('not-found', `there is no '${path}' on this disk`, { subject: path })
  const here = [...liveBelow(trees, id)].filter(
    (node) => node.kind === 'file' && !staysHere(node) && trees.localNode(node.id) !== null,
  )
  const left: string[] = []
  const told = { files: 0, bytes: 0 }
  for (let at = 0; at < here.length; at += AT_ONCE) {
    const some = here.slice(at, at + AT_ONCE).map((node) => node.id)
    for (const { row } of await letGo(parts, some, left, signal)) {
      told.files += 1
      told.bytes += row.node.size
    }
  }
  if (here.length === 1 && here[0]?.id === id && left.length > 0)
    throw stale(path, 'is not in step, or is just being worked on')
  return { ...told, left: left.sort() }
}

async function letGo(
  parts: CycleParts,
  ids: readonly NodeId[],
  left: string[],
  signal: AbortSignal,
): Promise<readonly Leaving[]> {
  const { state, local } = parts
  const run = new ApplyRun(parts, [], new Set(), signal)
  const leaving: Leaving[] = []
  for (const id of ids) {
    const one = await checked(run, id)
    if (one === null) left.push(knownPath(state.trees, id) ?? '')
    else leaving.push(one)
  }
  if (leaving.length === 0) return []
  const tick = raisedTick(parts)
  for (const { id, row } of leaving) state.trees.setSynced(id, { ...row, presence: 'placeholder', stamp: null })
  await run.settle()
  const gone: Leaving[] = []
  try {
    if (tick !== null) await local.setTick(tick)
    for (const one of leaving) {
      if (await take(run, one)) gone.push(one)
      else left.push(one.from.path)
    }
  } finally {
    // What was not reached stays: its row says so again.
    const done = new Set(gone)
    for (const one of leaving) if (!done.has(one)) stands(run, one)
    await run.settle()
  }
  return gone
}

/** Null: something about it is open, or it is not what was agreed. */
async function checked(run: ApplyRun, id: NodeId): Promise<Leaving | null> {
  const { state, troubles } = run.parts
  const { trees } = state
  const row = trees.synced(id)
  if (row?.presence !== 'present' || row.stamp === null || trees.differs(id) || troubles.frozen.has(id)) return null
  const from = run.origin(id, { id: row.node.parentId, fileId: null })
  if (from === null) return null
  const expected = await run.certain(from, { stamp: row.stamp, content: row.node.content })
  return expected === null ? null : { id, row, from, expected }
}

/**
 * A state that is brought back from before this would take what is let go for deleted: the root will say that it is older.
 * The state says it first: of the two the root is never ahead because something failed in between.
 */
function raisedTick({ state }: CycleParts): number | null {
  const root = state.get('root')
  if (root === null) return null
  const tick = root.tick + RELEASE_TICKS
  state.set('root', { ...root, tick })
  return tick
}

async function take(run: ApplyRun, { id, row, from, expected }: Leaving): Promise<boolean> {
  const hot = run.isHot(expected.stamp)
  const parent = { id: row.node.parentId, fileId: from.parent }
  const operation: RemoveOperation = { type: 'remove', operation: 0, dependsOn: [], id, expected, parent }
  const outcome = await run.parts.local.removeIf(from, expected, { keep: false, hot })
  if (hot) run.linger(from.path)
  if (!(await run.took(operation, id, [from.path], outcome))) return false
  run.parts.onChange({ type: 'release', path: from.path, id })
  return true
}

/** Whatever stands there now is looked at. */
function stands({ parts }: ApplyRun, { id, row, from }: Leaving): void {
  if (parts.state.trees.synced(id)?.presence === 'placeholder') parts.state.trees.setSynced(id, row)
  parts.dirty.untold([from.path])
}
