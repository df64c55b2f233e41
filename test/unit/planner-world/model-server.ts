/** SPEC 1 on maps: commit rules, feed, nothing else. The planner's tests judge plans by what this accepts. */

import type { Change, ChangeResult, Refusal } from '../../../src/model/change.js'
import { type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { type Node, keyOf } from '../../../src/model/node.js'
import type { Revision } from '../../../src/model/revision.js'

interface Failure {
  readonly reason: Refusal
  readonly culprit: NodeId
  readonly holder?: Revision
}

export class ModelServer {
  readonly revisions = new Map<NodeId, Revision>()
  head = 0
  refusals = 0

  since(sequence: number): Revision[] {
    return [...this.revisions.values()]
      .filter((revision) => revision.sequence > sequence)
      .sort((a, b) => a.sequence - b.sequence)
  }

  live(): Node[] {
    return [...this.revisions.values()].flatMap(({ node }) => (node === null ? [] : [node]))
  }

  /** One group: all of it or nothing. */
  commit(group: readonly Change[]): ChangeResult[] {
    const saved = new Map(group.map(({ id }) => [id, this.revisions.get(id)]))
    const head = this.head
    const results: ChangeResult[] = []
    let failure: Failure | null = null
    for (const change of group) {
      const result = this.#take(change)
      if ('reason' in result) {
        failure = result
        break
      }
      results.push(result)
    }
    failure ??= this.#broken(group)
    if (failure === null) return results
    for (const [id, revision] of saved) {
      if (revision === undefined) this.revisions.delete(id)
      else this.revisions.set(id, revision)
    }
    this.head = head
    this.refusals++
    const { reason, culprit, holder } = failure
    return group.map(({ id }) => ({
      verdict: 'refused',
      reason,
      culprit,
      current: this.revisions.get(id) ?? null,
      ...(holder === undefined ? {} : { holder }),
    }))
  }

  #take(change: Change): ChangeResult | Failure {
    const current = this.revisions.get(change.id) ?? null
    const { id } = change
    const settled = outcomeThere(change, current?.node ?? null)
    if (settled) return { verdict: 'unchanged', sequence: current?.sequence ?? 0, current }
    if (change.type === 'create') {
      if (current?.node) return { reason: 'exists', culprit: id }
      if (current !== null && change.base !== current.sequence) return { reason: 'stale', culprit: id }
    } else if (!current?.node || change.base !== current.sequence) return { reason: 'stale', culprit: id }
    const sequence = ++this.head
    const node = change.type === 'delete' ? null : outcomeOf(change, current?.node ?? null)
    this.revisions.set(id, node === null ? { id, sequence, node } : { id, sequence, node })
    return { verdict: 'accepted', sequence }
  }

  #broken(group: readonly Change[]): Failure | null {
    for (const { id } of group) {
      const node = this.revisions.get(id)?.node ?? null
      if (node === null) {
        if (this.live().some(({ parentId }) => parentId === id)) return { reason: 'not-empty', culprit: id }
        continue
      }
      const trouble = this.#misplaced(node)
      if (trouble !== null) return { culprit: id, ...trouble }
    }
    return null
  }

  #misplaced(node: Node): Omit<Failure, 'culprit'> | null {
    const seen = new Set<NodeId>([node.id])
    for (let id = node.parentId; id !== ROOT_ID; ) {
      const parent = this.revisions.get(id)?.node ?? null
      if (parent === null || parent.kind !== 'directory') return { reason: 'parent-gone' }
      if (seen.has(id)) return { reason: 'cycle' }
      seen.add(id)
      id = parent.parentId
    }
    const holder = this.live().find(
      (other) => other.id !== node.id && other.parentId === node.parentId && other.key === node.key,
    )
    const revision = holder === undefined ? undefined : this.revisions.get(holder.id)
    return revision === undefined ? null : { reason: 'name-taken', holder: revision }
  }
}

export function outcomeOf(change: Exclude<Change, { type: 'delete' }>, before: Node | null): Node {
  if (change.type === 'create') {
    const { type: _type, base: _base, ...node } = change
    return node
  }
  if (before === null) throw new Error('an update of nothing')
  const { placement, content, executable, conflictOf } = change
  return {
    ...before,
    ...(placement === undefined ? {} : { ...placement, key: keyOf(placement.name) }),
    ...(content === undefined ? {} : { content: content.digest, size: content.size, modifiedAt: content.modifiedAt }),
    ...(executable === undefined ? {} : { executable }),
    ...(conflictOf === undefined ? {} : { conflictOf }),
  }
}

function outcomeThere(change: Change, node: Node | null): boolean {
  if (change.type === 'delete') return node === null
  if (node === null) return false
  const after = outcomeOf(change, node)
  const same = after.parentId === node.parentId && after.key === node.key && after.content === node.content
  return (
    same && after.executable === node.executable && after.conflictOf === node.conflictOf && after.kind === node.kind
  )
}
