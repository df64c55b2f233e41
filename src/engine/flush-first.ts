/**
 * What goes up is durable on this disk first (INV-08, decision 0062): else a power loss could take it back or cut it short
 * after the server accepted it, and the next start would send that as if its user had done it.
 */

import type { CommitOperation, OperationId } from '../model/plan.js'
import type { Stamp } from '../model/stamp.js'
import { type ApplyParts, flush } from './apply-run.js'
import { codeOf } from './known-error.js'
import { directoryOf } from './paths.js'

/**
 * Systems write back by themselves within a minute: of a tree that is brought in for the first time, what has not changed for
 * longer is taken for durable, milliseconds. Later on everything is flushed: a clock that jumped tells no age.
 */
const WRITTEN_BACK_MS = 120_000

/** Returns the operations whose files the disk would not confirm: they wait, the others go on (INV-35). */
export async function flushFirst(
  parts: ApplyParts,
  operations: readonly CommitOperation[],
  signal: AbortSignal,
): Promise<ReadonlySet<OperationId>> {
  const isFirst = parts.state.get('quiet') === null
  const due = operations.flatMap((operation) => {
    const paths = pathsOf(parts, operation, isFirst ? (stamp) => isYoung(stamp, parts.now()) : () => true)
    return paths.length === 0 ? [] : [{ operation, paths }]
  })
  const refused = new Set<OperationId>()
  if (due.length === 0) return refused
  try {
    await flush(
      parts,
      due.flatMap(({ paths }) => paths),
      { signal },
    )
    return refused
  } catch (error) {
    if (!isRefusal(error)) throw error
  }
  for (const { operation, paths } of due) {
    try {
      await flush(parts, paths, { signal })
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused.add(operation.operation)
      for (const { id } of operation.changes) waits(parts, id)
    }
  }
  return refused
}

function isRefusal(error: unknown): boolean {
  return ['io', 'no-space'].includes(codeOf(error))
}

function waits({ state, troubles, withhold }: ApplyParts, id: CommitOperation['changes'][number]['id']): void {
  const path = state.trees.localPath(id)
  withhold(id)
  if (path === null) return
  const message = `The disk does not confirm that "${path}" is written: check the disk. It goes up once it does.`
  troubles.problems.set(path, { path, code: 'write-failed', message })
}

/** Where something stands that may not be written back, and what held what is gone. */
function pathsOf(
  { state: { trees } }: ApplyParts,
  { changes, observations }: CommitOperation,
  isDue: (stamp: Stamp) => boolean,
): readonly string[] {
  return changes.flatMap((change, at) => {
    const observation = observations[at]
    if (observation === undefined) return []
    if (change.type === 'delete') {
      const from = trees.localPath(observation.node.parentId)
      return from === null ? [] : [from]
    }
    const path = trees.localPath(change.id)
    if (path === null || observation.stamp === null || !isDue(observation.stamp)) return []
    return [path, directoryOf(path)]
  })
}

function isYoung({ mtimeNs, ctimeNs }: Stamp, now: number): boolean {
  return isWithin(mtimeNs, now) || isWithin(ctimeNs, now)
}

/** `time`: nanoseconds, as a stamp has them. Six digits less are whole milliseconds. */
function isWithin(time: string, now: number): boolean {
  return Math.abs(now - Number(time.slice(0, -6))) < WRITTEN_BACK_MS
}
