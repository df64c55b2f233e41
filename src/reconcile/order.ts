/**
 * The order of what goes up (SPEC 2): each change stands alone and is valid on the server the moment its turn comes.
 * What cannot be ordered singly — swaps, rotations, a change of kind — becomes one group. The server's tree is played
 * through in memory; a change that could never be valid is left out, with what would rely on it.
 */

import type { NodeId } from '../model/ids.js'
import type { Entry } from './entry.js'
import { ServerModel } from './server-model.js'
import { cycleAmong } from './strong-component.js'
import type { Upload, UploadGroup } from './upload.js'

/** Uploads of withheld nodes are not among them: what needs those comes out as never valid. */
export function orderUploads(uploads: readonly Upload[], entries: ReadonlyMap<NodeId, Entry>): readonly UploadGroup[] {
  const model = new ServerModel(entries)
  const pending = new Set(unitsOf(uploads, model))
  for (const unit of pending) for (const upload of unit) model.expect(upload, unit)
  const ordered: UploadGroup[] = []
  while (pending.size > 0) {
    const before = pending.size
    for (const unit of pending) {
      if (model.blockersOf(unit)?.size !== 0) continue
      pending.delete(unit)
      ordered.push(model.apply(unit))
    }
    if (pending.size === before) settleBlocked(pending, model, ordered)
  }
  return ordered
}

/** Nothing can go alone any more: drop what never can, then let one cycle go as a group. */
function settleBlocked(pending: Set<readonly Upload[]>, model: ServerModel, ordered: UploadGroup[]): void {
  const impossible = [...pending].filter((unit) => model.blockersOf(unit) === null)
  for (const unit of impossible) {
    pending.delete(unit)
    model.giveUp(unit)
  }
  if (impossible.length > 0) return
  const cycle = cycleAmong(pending, (unit) => model.blockersOf(unit) ?? [])
  for (const unit of cycle) pending.delete(unit)
  ordered.push(model.apply(cycle.flat().sort(compareUploads)))
}

/** One unit per change, but a delete and the create of another kind in its place are one. */
function unitsOf(uploads: readonly Upload[], model: ServerModel): readonly (readonly Upload[])[] {
  const deletes = new Map<NodeId, Upload>()
  for (const upload of uploads) if (upload.change.type === 'delete') deletes.set(upload.entry.id, upload)
  const paired = new Map<Upload, Upload>()
  for (const upload of uploads) {
    if (upload.change.type !== 'create') continue
    const holder = model.holderAt(upload.change.parentId, upload.change.key)
    const gone = holder === null ? undefined : deletes.get(holder)
    if (gone !== undefined && gone.entry.remote?.kind !== upload.change.kind) paired.set(upload, gone)
  }
  const taken = new Set(paired.values())
  const units: (readonly Upload[])[] = []
  for (const upload of [...uploads].sort(compareUploads)) {
    const gone = paired.get(upload)
    if (gone !== undefined) units.push([gone, upload])
    else if (!taken.has(upload)) units.push([upload])
  }
  return units
}

/** Deletes first; else by id: the play decides the rest. */
function compareUploads(a: Upload, b: Upload): number {
  const rank = Number(a.change.type !== 'delete') - Number(b.change.type !== 'delete')
  return rank === 0 ? (a.entry.id < b.entry.id ? -1 : 1) : rank
}
