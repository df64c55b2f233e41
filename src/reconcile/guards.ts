/**
 * The mass-delete guard (DESIGN 4.8, INV-20): a plan that would take most of the files asks a person first.
 * It judges numbers only; which operations wait is the plan's affair.
 */

import type { Digest, NodeId } from '../model/ids.js'
import type { Guard } from '../model/plan.js'
import type { GuardFigures } from './policy.js'

/** Fewer deletes than this are never a question. */
export const LEAST_DELETES = 10

export interface DeletedFile {
  readonly id: NodeId
  readonly content: Digest | null
}

/** Deletes of files whose content appears again in the same plan are moves in disguise: one appearance excuses one delete. */
export function realDeletes(
  deletes: readonly DeletedFile[],
  appearing: readonly (Digest | null)[],
): readonly DeletedFile[] {
  const excuses = new Map<Digest | null, number>()
  for (const content of appearing) excuses.set(content, (excuses.get(content) ?? 0) + 1)
  return deletes.filter(({ content }) => {
    const left = excuses.get(content) ?? 0
    if (left > 0) excuses.set(content, left - 1)
    return left === 0
  })
}

/** The question to ask, or null when there is none or it was answered. */
export function guardOn(
  direction: Guard['direction'],
  deletes: readonly DeletedFile[],
  figures: GuardFigures,
): Guard | null {
  const done = direction === 'up' ? figures.deletedUp : figures.deletedDown
  const total = done + deletes.length
  if (direction === 'up' && figures.rootEmptied === true) return emptiedGuard(deletes, total, figures)
  const id = `mass-delete:${direction}`
  if (deletes.length === 0 || total < LEAST_DELETES || total * 2 <= figures.presentFiles) return null
  if (figures.confirmed.has(id)) return null
  const nodes = deletes.map((file) => file.id).sort()
  return { id, kind: 'mass-delete', direction, deletes: total, of: figures.presentFiles, nodes }
}

/** An emptied root is more likely a disk that went away than a wish: asked whatever the count. */
function emptiedGuard(deletes: readonly DeletedFile[], total: number, figures: GuardFigures): Guard | null {
  const id = 'root-emptied:up'
  if (deletes.length === 0 || figures.confirmed.has(id)) return null
  const nodes = deletes.map((file) => file.id).sort()
  return { id, kind: 'root-emptied', direction: 'up', deletes: total, of: figures.presentFiles, nodes }
}
