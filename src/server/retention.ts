/**
 * The horizon: what is older than the retention may be forgotten, all together. The clock decides only how far it moves,
 * never whether a device that comes back is told the truth: below the horizon the answer is `expired`.
 */

import type { MetadataReader } from '../interfaces/metadata-store.js'
import type { Sequence, WorkspaceId } from '../model/ids.js'
import type { ServerContext } from './context.js'

/** Sequences forgotten in one transaction: others wait while it runs. */
const STEP = 20_000

/** Whether everything up to the sequence was accepted before the time: asked of the first revision behind it that still is current. */
async function isOld(reader: MetadataReader, sequence: Sequence, before: number): Promise<boolean> {
  const [next] = await reader.since(sequence - 1, 1)
  if (next === undefined) return true
  const [kept] = await reader.history(next.id, 1)
  return kept === undefined || kept.acceptedAt < before
}

/** The highest sequence up to which everything is older; found by halving, as acceptance times grow with the sequence. */
async function lastOld(reader: MetadataReader, from: Sequence, head: Sequence, before: number): Promise<Sequence> {
  let low = from
  let high = head
  while (low < high) {
    const middle = low + Math.ceil((high - low) / 2)
    if (await isOld(reader, middle, before)) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * Raises the horizon of one workspace to what was accepted before `before` (wall time, ms), and forgets. Returns the horizon.
 * Devices last seen before `devicesBefore` are forgotten: should one come back, it is `new`, and its cursor `expired`.
 */
export async function expire(
  context: ServerContext,
  workspace: WorkspaceId,
  before: number,
  devicesBefore: number = Number.NEGATIVE_INFINITY,
): Promise<Sequence> {
  for (;;) {
    const { horizon, isDone } = await expireStep(context, workspace, before, devicesBefore)
    if (isDone) return horizon
  }
}

function expireStep(
  context: ServerContext,
  workspace: WorkspaceId,
  before: number,
  devicesBefore: number,
): Promise<{ readonly horizon: Sequence; readonly isDone: boolean }> {
  return context.metadata.transact(workspace, async (writer) => {
    if (devicesBefore > Number.NEGATIVE_INFINITY) await writer.dropDevices(devicesBefore)
    const { horizon, sequence } = await writer.head()
    const reach = await lastOld(writer, horizon, sequence, before)
    const next = Math.min(reach, horizon + STEP)
    const devices = await writer.devices()
    // the hash at the horizon itself proves the cursor that stands on it
    const keep = new Set([0, next, ...devices.flatMap((device) => [device.cursorSequence, device.witnessSequence])])
    await writer.forget(
      next,
      before,
      [...keep].filter((known) => known <= sequence),
    )
    return { horizon: next, isDone: next === reach }
  })
}
