/**
 * The rules of SPEC 1, step 5: groups judged one after the other on an overlay. A group that fails leaves no trace.
 * Nothing is merged, nothing is reordered; what is refused says why.
 */

import { TidemarkError } from '../errors.js'
import type { Change, ChangeGroup, CreateChange, Refusal, UpdateChange } from '../model/change.js'
import { ROOT_ID, type Digest, type NodeId, type Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import { LIMITS } from '../protocol/limits.js'
import type { Overlay } from './overlay.js'
import type { Budget } from './quota.js'

/** What the server knows of a content some change refers to; absent: the manifest is not known. */
export interface ContentState {
  readonly size: number
  /** Chunks that are not held, or condemned. */
  readonly missing: readonly Digest[]
  /** Chunks that are held and noted as orphans. */
  readonly noted: readonly Digest[]
  /** Bytes of missing chunks, of each chunk once in a batch. */
  readonly newBytes: number
}

export interface Circumstances {
  readonly contents: ReadonlyMap<Digest, ContentState>
  /** Kinds of the dead nodes that may be revived: a kind is fixed for the life of an id. */
  readonly buriedKinds: ReadonlyMap<NodeId, string>
  readonly admit: (change: Change) => 'quota' | 'forbidden' | null
  /** Counted down with each group that passes. */
  readonly budget: Budget
  /** Announce: judged as if missing content were there, and told missing at the end; so that what is refused is known before its bytes travel. */
  readonly contentLater: boolean
}

export type Verdict =
  | { readonly verdict: 'accepted'; readonly sequence: Sequence }
  | { readonly verdict: 'unchanged' }
  | Failure

export interface Failure {
  readonly verdict: 'refused'
  readonly reason: Refusal
  readonly culprit: NodeId
  readonly holder?: NodeId
  readonly missing?: readonly Digest[]
}

export function contentOf(change: Change): { readonly digest: Digest; readonly size: number } | null {
  if (change.type === 'create') return change.content === null ? null : { digest: change.content, size: change.size }
  return change.type === 'update' ? (change.content ?? null) : null
}

function sameAttributes(a: Node['attributes'], b: Node['attributes']): boolean {
  const pairs = Object.entries(a ?? {})
  const others = new Map(Object.entries(b ?? {}))
  return pairs.length === others.size && pairs.every(([name, value]) => others.get(name) === value)
}

function toNode({ type: _type, base: _base, ...node }: CreateChange): Node {
  return node
}

function updated(node: Node, change: UpdateChange): Node {
  const { placement, content, executable, conflictOf } = change
  return {
    ...node,
    ...(placement && { parentId: placement.parentId, name: placement.name, key: placement.key }),
    ...(content && { content: content.digest, size: content.size, modifiedAt: content.modifiedAt }),
    ...(executable === undefined ? {} : { executable }),
    ...(conflictOf === undefined ? {} : { conflictOf }),
  }
}

function sameNode(a: Node, b: Node): boolean {
  return (
    a.parentId === b.parentId &&
    a.name === b.name &&
    a.key === b.key &&
    a.kind === b.kind &&
    a.content === b.content &&
    a.size === b.size &&
    a.modifiedAt === b.modifiedAt &&
    a.executable === b.executable &&
    a.conflictOf === b.conflictOf &&
    sameAttributes(a.attributes, b.attributes)
  )
}

/** Whether the outcome is there already: every attribute given equals the node's, or a delete of what is dead or unknown. */
function isThere(change: Change, node: Node | null): boolean {
  switch (change.type) {
    case 'create':
      return node !== null && sameNode(toNode(change), node)
    case 'update':
      return node !== null && sameNode(updated(node, change), node)
    case 'delete':
      return node === null
  }
}

function baseRefusal(change: Change, overlay: Overlay): Refusal | null {
  const revision = overlay.revision(change.id)
  if (change.type === 'create') {
    if (revision === null) return null
    if (revision.node !== null) return 'exists'
    return change.base === revision.sequence ? null : 'stale'
  }
  return revision === null || revision.node === null || revision.sequence !== change.base ? 'stale' : null
}

/** A kind is fixed for the life of the id, and a directory has no content. */
function breaksKind(change: Change, overlay: Overlay, circumstances: Circumstances): boolean {
  if (change.type === 'create') return (circumstances.buriedKinds.get(change.id) ?? change.kind) !== change.kind
  return change.type === 'update' && change.content !== undefined && overlay.node(change.id)?.kind === 'directory'
}

function contentRefusal(change: Change, { contents }: Circumstances): Failure | null {
  const content = contentOf(change)
  if (content === null) return null
  const state = contents.get(content.digest)
  if (state === undefined) return { verdict: 'refused', reason: 'need-manifest', culprit: change.id }
  if (state.size !== content.size) {
    throw new TidemarkError('invalid', `The size of node ${change.id} is not that of its content.`, {
      subject: 'size',
      next: 'Read the file again and send what it holds.',
    })
  }
  return state.missing.length === 0
    ? null
    : { verdict: 'refused', reason: 'missing-chunks', culprit: change.id, missing: state.missing }
}

function tryChange(change: Change, overlay: Overlay, circumstances: Circumstances): Verdict {
  const refuse = (reason: Refusal): Failure => ({ verdict: 'refused', reason, culprit: change.id })
  const node = overlay.node(change.id)
  if (isThere(change, node)) return { verdict: 'unchanged' }
  const base = baseRefusal(change, overlay)
  if (base !== null) return refuse(base)
  const content = contentRefusal(change, circumstances)
  if (content !== null && !circumstances.contentLater) {
    const bytes = circumstances.contents.get(contentOf(change)?.digest as Digest)?.newBytes ?? 0
    return bytes > circumstances.budget.bytes ? refuse('quota') : content
  }
  const reason = circumstances.admit(change) ?? (breaksKind(change, overlay, circumstances) ? 'forbidden' : null)
  if (reason !== null) return refuse(reason)
  if (change.type === 'create') return { verdict: 'accepted', sequence: overlay.put(change.id, toNode(change)) }
  if (change.type === 'delete' || node === null) return { verdict: 'accepted', sequence: overlay.put(change.id, null) }
  return { verdict: 'accepted', sequence: overlay.put(change.id, updated(node, change)) }
}

/** The climb to the root: a parent that is none, a cycle, or too many directories above. */
function ancestryRefusal(node: Node, overlay: Overlay): Refusal | null {
  const seen = new Set<NodeId>([node.id])
  let above = 0
  for (let at = node.parentId; at !== ROOT_ID; above++) {
    if (seen.has(at)) return 'cycle'
    if (above >= LIMITS.depth) return 'too-deep'
    const parent = overlay.node(at)
    if (parent === null || parent.kind !== 'directory') return 'parent-gone'
    seen.add(at)
    at = parent.parentId
  }
  return null
}

async function placeRefusal(id: NodeId, overlay: Overlay): Promise<Failure | null> {
  const node = overlay.node(id)
  if (node === null) {
    return (await overlay.hasChild(id)) ? { verdict: 'refused', reason: 'not-empty', culprit: id } : null
  }
  const reason = ancestryRefusal(node, overlay)
  if (reason !== null) return { verdict: 'refused', reason, culprit: id }
  const holder = overlay.rivalOf(node)
  return holder === null ? null : { verdict: 'refused', reason: 'name-taken', culprit: id, holder }
}

/** The verdict on each change of the group. Refused as a whole, all carry the same failure and the overlay is as before. */
export async function judgeGroup(
  group: ChangeGroup,
  overlay: Overlay,
  circumstances: Circumstances,
): Promise<readonly Verdict[]> {
  const savepoint = overlay.savepoint()
  const grownBefore = overlay.growth()
  const failed = (failure: Failure): readonly Verdict[] => {
    overlay.rollback(savepoint)
    return group.map(() => failure)
  }
  const verdicts: Verdict[] = []
  const touched = new Set<NodeId>()
  for (const change of group) {
    const verdict = tryChange(change, overlay, circumstances)
    if (verdict.verdict === 'refused') return failed(verdict)
    if (verdict.verdict === 'accepted') touched.add(change.id)
    verdicts.push(verdict)
  }
  for (const id of touched) {
    const failure = await placeRefusal(id, overlay)
    if (failure !== null) return failed(failure)
  }
  const grown = overlay.growth() - grownBefore
  const spent = spendBudget(group, verdicts, grown, circumstances)
  if (spent !== null) return failed(spent)
  return circumstances.contentLater ? (laterContent(group, verdicts, circumstances) ?? verdicts) : verdicts
}

/** Only what adds is held against a quota: what frees space passes, however full it is. */
function spendBudget(
  group: ChangeGroup,
  verdicts: readonly Verdict[],
  grown: number,
  { budget, contents }: Circumstances,
): Failure | null {
  const accepted = group.filter((_, at) => verdicts[at]?.verdict === 'accepted')
  const named = new Set(accepted.flatMap((change) => contentOf(change)?.digest ?? []))
  const bytes = [...named].reduce((sum, digest) => sum + (contents.get(digest)?.newBytes ?? 0), 0)
  if ((grown > 0 && grown > budget.nodes) || (bytes > 0 && bytes > budget.bytes)) {
    const culprit = accepted.find((change) => change.type === 'create') ?? accepted[0]
    if (culprit !== undefined) return { verdict: 'refused', reason: 'quota', culprit: culprit.id }
  }
  budget.nodes -= grown
  budget.bytes -= bytes
  return null
}

function laterContent(
  group: ChangeGroup,
  verdicts: readonly Verdict[],
  circumstances: Circumstances,
): readonly Verdict[] | null {
  for (const [at, change] of group.entries()) {
    const failure = verdicts[at]?.verdict === 'accepted' ? contentRefusal(change, circumstances) : null
    if (failure !== null) return group.map(() => failure)
  }
  return null
}
