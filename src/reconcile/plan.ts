/**
 * `plan(view, policy)`: what is to be done so that both sides become the target tree (SPEC 2). A pure function: it reads the
 * view, draws ids from the policy, and answers with data. It never guesses a row it has not seen: it asks for it and plans nothing.
 */

import type { NodeId } from '../model/ids.js'
import type { Guard, Plan } from '../model/plan.js'
import type { Need, View } from '../model/view.js'
import { bookOf } from './book.js'
import { copiesOf } from './copies.js'
import { type CommitOf, diskSteps } from './disk-steps.js'
import { DiskTarget } from './disk-target.js'
import type { Entry } from './entry.js'
import { type DeletedFile, guardOn, realDeletes } from './guards.js'
import { commitsFor, restrictTo } from './mode.js'
import { orderUploads } from './order.js'
import type { PlanPolicy } from './policy.js'
import { Reach } from './reach.js'
import { Sight } from './sight.js'
import { type Step, dropDependents, numbered, stepOf } from './step.js'
import { settleTarget } from './target.js'
import { type Upload, type UploadGroup, uploadOf } from './upload.js'

const NOTHING_MISSING: Need = { nodes: [], childrenOf: [], places: [] }

export function plan(view: View, policy: PlanPolicy): Plan {
  // Nothing differs, nothing is to be done: how nearly every look ends.
  if (view.rows.size === 0) return { operations: [], need: NOTHING_MISSING, guards: [] }
  const sight = new Sight(view, policy.disk)
  settleTarget(sight, policy)
  if (sight.isMissing()) return missing(sight)
  const reach = new Reach(sight, policy.rules)
  const reunions = reach.reunions()
  if (sight.isMissing()) return missing(sight)
  if (reunions.length > 0) return { operations: numbered(reunions), need: NOTHING_MISSING, guards: [] }
  const rekeys = rekeySteps(sight)
  if (rekeys.length > 0) return { operations: numbered(rekeys), need: NOTHING_MISSING, guards: [] }
  const fates = new DiskTarget(sight, reach, policy.hydrate ?? 'all')
  const books = present([...sight.entries.values()].map((entry) => bookOf(entry, fates.fateOf(entry))))
  const { commits, commitOf } = commitSteps(sight)
  const copies = copiesOf(sight, fates, policy)
  const mode = policy.mode ?? 'two-way'
  const disk = diskSteps({ sight, fates, commitOf: commitsFor(mode, commitOf), copies })
  if (sight.isMissing()) return missing(sight)
  const steps = [...books, ...commits, ...disk]
  dropDependents(steps)
  const heldBack = restrictTo(mode, steps, sight)
  const guards = guardSteps(steps, sight, policy)
  const operations = numbered(steps)
  return { operations, need: NOTHING_MISSING, guards, ...(heldBack.length === 0 ? {} : { heldBack }) }
}

function missing(sight: Sight): Plan {
  return { operations: [], need: sight.need(), guards: [] }
}

/**
 * A re-key changes what every other row means: it is a plan of its own. Of several files that could become one node the one
 * of the smallest id does; of the others there still is a row, and the next plan tells what they are.
 */
function rekeySteps(sight: Sight): readonly Step[] {
  const chosen = new Map<NodeId, Entry>()
  for (const entry of sight.entries.values()) {
    if (entry.rekeyTo === null) continue
    const other = chosen.get(entry.rekeyTo)
    if (other === undefined || entry.id < other.id) chosen.set(entry.rekeyTo, entry)
  }
  const steps: Step[] = []
  for (const [to, { id, synced }] of chosen) {
    const rekey = stepOf('book', 0, id, { type: 'rekey', from: id, to })
    steps.push(rekey)
    if (synced === null) continue
    const forget = stepOf('book', 1, id, { type: 'forget', id })
    forget.needs.push(rekey)
    steps.push(forget)
  }
  return steps
}

function commitSteps(sight: Sight): { commits: readonly Step[]; commitOf: CommitOf } {
  const wanted = new Map<NodeId, Upload>()
  for (const entry of sight.entries.values()) {
    const upload = uploadOf(entry)
    if (upload !== null) wanted.set(entry.id, upload)
  }
  const groups = orderUploads(
    [...wanted.values()].filter(({ entry }) => !entry.stuck),
    sight.entries,
  )
  const steps = new Map<UploadGroup, Step>()
  const byNode = new Map<NodeId, Step>()
  groups.forEach((group, at) => {
    const { uploads, after } = group
    const first = uploads[0]
    if (first === undefined) return
    const changes = uploads.map(({ change }) => change)
    const observations = uploads.map(({ observation }) => observation)
    const step = stepOf('commit', at, first.entry.id, { type: 'commit', changes, observations })
    step.needs.push(...present(after.map((earlier) => steps.get(earlier) ?? null)))
    steps.set(group, step)
    for (const { entry } of uploads) byNode.set(entry.id, step)
  })
  const commitOf: CommitOf = ({ id }) => byNode.get(id) ?? (wanted.has(id) ? 'never' : null)
  return { commits: [...steps.values()], commitOf }
}

/** Deletes that are too many wait for a person, with what depends on them; everything else goes on. */
function guardSteps(steps: readonly Step[], sight: Sight, policy: PlanPolicy): readonly Guard[] {
  const up = guardOn('up', deletesUp(steps, sight), policy.guard)
  if (up !== null)
    hold(steps, ({ draft }) => draft.type === 'commit' && draft.changes.some(({ type }) => type === 'delete'))
  const down = guardOn('down', deletesDown(steps, sight), policy.guard)
  if (down !== null) hold(steps, ({ draft }) => draft.type === 'remove')
  return present([up, down])
}

function hold(steps: readonly Step[], waits: (step: Step) => boolean): void {
  for (const step of steps) if (waits(step)) step.dropped = true
  dropDependents(steps)
}

function deletesUp(steps: readonly Step[], sight: Sight): readonly DeletedFile[] {
  const changes = steps.flatMap(({ dropped, draft }) => (dropped || draft.type !== 'commit' ? [] : draft.changes))
  const appearing = changes.map((change) => {
    if (change.type === 'create') return change.content
    return change.type === 'update' ? (change.content?.digest ?? null) : null
  })
  const deletes = changes
    .filter(({ type }) => type === 'delete')
    .map(({ id }) => fileOf(id, sight.entries.get(id)?.remote ?? null))
  return realDeletes(present(deletes), present(appearing))
}

function deletesDown(steps: readonly Step[], sight: Sight): readonly DeletedFile[] {
  const drafts = steps.flatMap(({ dropped, draft }) => (dropped ? [] : [draft]))
  const appearing = drafts.map((draft) =>
    draft.type === 'create' || draft.type === 'replace' ? draft.node.content : null,
  )
  const deletes = drafts.map((draft) =>
    draft.type === 'remove' ? fileOf(draft.id, sight.entries.get(draft.id)?.disk ?? null) : null,
  )
  return realDeletes(present(deletes), present(appearing))
}

function fileOf(
  id: NodeId,
  node: { readonly kind: string; readonly content: DeletedFile['content'] } | null,
): DeletedFile | null {
  return node?.kind === 'file' ? { id, content: node.content } : null
}

function present<T>(items: readonly (T | null)[]): T[] {
  return items.filter((item): item is T => item !== null)
}
