/**
 * Whether this disk still shows what was synced of a node: what a person asks for never covers an edit that is not
 * synced yet. Looks, and looks at the disk once more; changes nothing.
 */

import { TidemarkError } from '../errors.js'
import type { LocalStore } from '../interfaces/local-store.js'
import type { NodeId } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { sameStamp } from '../model/stamp.js'
import type { EngineState } from './engine-state.js'
import type { Troubles } from './troubles.js'

export interface UneditedParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly troubles: Troubles
}

export function stale(path: string, why: string): TidemarkError {
  return new TidemarkError('stale', `'${path}' ${why}`, {
    subject: path,
    next: 'Sync, look again, and ask once more.',
  })
}

/** Fails with `stale`. A node that is not on this disk has no edit on it. */
export async function checkUnedited(
  parts: UneditedParts,
  node: Node,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const { state, local, troubles } = parts
  const { trees } = state
  if (trees.local(node.id) !== undefined) throw stale(path, 'was changed on this disk, and that is not synced yet')
  if (troubles.frozen.has(node.id)) throw stale(path, 'cannot be read on this disk right now')
  const row = trees.synced(node.id)
  const here = trees.localPath(node.id)
  if (row?.presence !== 'present' || row.stamp === null || here === null) return
  const found = await local.stat(here, { signal })
  if (found.state === 'present' && row.node.kind === 'directory') return
  if (found.state === 'present' && sameStamp(found.entry.stamp, row.stamp)) return
  if (await showsContent(parts, here, row.node, signal)) return
  throw stale(path, 'is being changed on this disk')
}

async function showsContent(
  { state, local }: UneditedParts,
  path: string,
  { content }: Node,
  signal: AbortSignal,
): Promise<boolean> {
  const rule = state.get('rule')
  if (rule === null || content === null) return false
  const described = await local.describe(path, rule, { signal })
  return described.state === 'read' && described.digest === content
}

/** Whether the disk has an edit, or a delete, of the node that is not synced yet. */
export function isEditedHere({ state }: Pick<UneditedParts, 'state'>, id: NodeId): boolean {
  return state.trees.local(id) !== undefined
}
