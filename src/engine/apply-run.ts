/**
 * One run of apply operations: where things stand, what was touched, what was dropped. Disk first, memory of it then:
 * `settle` flushes everything touched before it saves what the trees say of it (INV-08).
 */

import { TidemarkError } from '../errors.js'
import type { LocalStore, Options, Outcome, Target } from '../interfaces/local-store.js'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'
import { type FileId, type NodeId, ROOT_ID } from '../model/ids.js'
import type { Placement } from '../model/node.js'
import type { ApplyOperation, Expected, ExpectedParent, Operation, OperationId } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { Stamp } from '../model/stamp.js'
import { conflictName } from '../reconcile/conflict-name.js'
import type { Dirty } from './dirty.js'
import type { EngineState } from './engine-state.js'
import { type OwnWrites, YOUNG_MS } from './own-writes.js'
import { below, directoryOf, nameOf } from './paths.js'
import type { Progress } from './progress.js'
import type { Troubles } from './troubles.js'

/** Something on this disk was changed by the engine. */
export interface AppliedChange {
  /** The kind of operation that was carried out; `release`: its content was let go, and is on the server alone. */
  readonly type: ApplyOperation['type'] | 'release'
  /** Where the node stands now, or stood when it was removed. Below the root, with `/`. */
  readonly path: string
  /** Where it stood before, for what was moved. */
  readonly from?: string
  /** The node that was changed. */
  readonly id: NodeId
  /** It was moved out of this node's place as a conflict copy, by this device. */
  readonly copyOf?: NodeId
}

export interface ApplyParts {
  readonly state: EngineState
  readonly local: LocalStore
  readonly random: Random
  readonly dirty: Dirty
  readonly troubles: Troubles
  readonly progress: Progress
  readonly deviceName: string
  /** Wall time, milliseconds: only tells whether a file is being written to right now. */
  readonly now: () => number
  /** Milliseconds that never go back: how long something lingers. */
  readonly monotonic: () => number
  /** The disk refused the node for now: it waits for a change or for the next try. */
  readonly withhold: (id: NodeId) => void
  readonly onChange: (change: AppliedChange) => void
  /** Changed on the disk, and not known to survive a power loss yet. Outlives a run whose flush failed. */
  readonly unflushed: Set<string>
  /** Replaced while they were worked on, with the monotonic time of it: a late write may still reach the former content. */
  readonly lingering: Map<string, number>
  /** Directories with stamps that prove nothing yet: due again a little later. */
  readonly fresh: Set<string>
  readonly ownWrites: OwnWrites
}

/** A target that changed this recently leaves its place in the lossless order, milliseconds (SPEC 4 "hot"). */
const HOT_MS = 2000

export class ApplyRun {
  readonly parts: ApplyParts
  readonly signal: AbortSignal
  readonly dropped: Set<OperationId>
  /** Nodes that this very plan makes conflict copies, with what they are copies of. */
  readonly #copies: ReadonlyMap<NodeId, NodeId>

  constructor(parts: ApplyParts, operations: readonly Operation[], dropped: Set<OperationId>, signal: AbortSignal) {
    this.parts = parts
    this.#copies = copiesIn(operations)
    this.dropped = dropped
    this.signal = signal
  }

  /** Tells of something that was done. */
  tell(change: AppliedChange): void {
    const copyOf = this.#copies.get(change.id)
    this.parts.onChange(copyOf === undefined ? change : { ...change, copyOf })
  }

  /** Where the node stands now; null when it, or a directory above it, is gone: the plan is out of date. */
  origin(id: NodeId, parent: ExpectedParent): Target | null {
    const path = this.parts.state.trees.localPath(id)
    return path === null ? null : { path, parent: this.#fileIdOf(parent) }
  }

  target(to: Placement, parent: ExpectedParent): Target | null {
    const directory = this.parts.state.trees.localPath(to.parentId)
    if (directory === null) return null
    return { path: below(directory, to.name), parent: this.#fileIdOf(parent) }
  }

  #fileIdOf(parent: ExpectedParent): FileId | null {
    if (parent.id === ROOT_ID) return null
    return this.parts.state.trees.localNode(parent.id)?.stamp.fileId ?? parent.fileId
  }

  /**
   * What is about to be replaced or removed, seen for certain: behind a racy stamp an edit may hide that left no trace,
   * so the bytes are read once more (INV-16). Null: they are others by now.
   */
  async certain({ path }: Target, expected: Expected): Promise<Expected | null> {
    const { state, local } = this.parts
    const rule = state.get('rule')
    if (expected.stamp.racy !== true || expected.content === null || rule === null) return expected
    const found = await local.describe(path, rule, { signal: this.signal })
    if (found.state !== 'read' || found.digest !== expected.content) return null
    return { ...expected, stamp: found.stamp }
  }

  /** The stamp of a file that stands elsewhere now, its content untouched by us: what was in doubt stays so. */
  carried(path: string, before: Stamp, after: Stamp): Stamp {
    return before.racy === true ? this.#doubted(path, after) : after
  }

  /**
   * The stamp of a file of ours. Its time is that of the content: only when that lies close to the moment it was put in
   * place could an edit by a user leave the same stamp.
   */
  written(path: string, stamp: Stamp): Stamp {
    const { local, ownWrites, now } = this.parts
    const margin = Math.max(YOUNG_MS, local.traits.mtimeGranularityNs / 1e6)
    const put = stamp.ctimeNs === '0' ? now() : Number(stamp.ctimeNs) / 1e6
    if (Math.abs(Number(stamp.mtimeNs) / 1e6 - put) > margin) return stamp
    ownWrites.add(path, stamp, local.traits, now())
    return this.#doubted(path, stamp)
  }

  isHot({ mtimeNs }: Stamp): boolean {
    return Math.abs(this.parts.now() - Number(BigInt(mtimeNs) / 1_000_000n)) < HOT_MS
  }

  /** Its former content is looked at once more a little later. */
  linger(path: string): void {
    const { lingering, fresh, monotonic } = this.parts
    lingering.set(path, monotonic())
    fresh.add(directoryOf(path))
  }

  #doubted(path: string, stamp: Stamp): Stamp {
    this.parts.fresh.add(directoryOf(path))
    return { ...stamp, racy: true }
  }

  /** The operation is not done, nor what depends on it; its paths are looked at again. */
  drop(operation: ApplyOperation, ...paths: readonly string[]): void {
    this.dropped.add(operation.operation)
    this.parts.dirty.untold(paths)
  }

  /** Whether it was dropped, or depends on one that was: then it is dropped too. */
  falls({ operation, dependsOn }: Operation): boolean {
    if (dependsOn.some((id) => this.dropped.has(id))) this.dropped.add(operation)
    return this.dropped.has(operation)
  }

  touch(...paths: readonly string[]): void {
    for (const path of paths) this.parts.unflushed.add(path).add(directoryOf(path))
  }

  /** True when the step was done. Whatever else came of it is dealt with here. */
  async took(operation: ApplyOperation, id: NodeId, paths: readonly string[], outcome: Outcome): Promise<boolean> {
    this.touch(...paths)
    switch (outcome.outcome) {
      case 'done':
        return true
      case 'displaced':
        await keepBeside(this.parts, paths[0] ?? '', outcome.kept)
        return true
      case 'moved':
        this.drop(operation, ...paths)
        if (outcome.kept !== undefined) await keepBeside(this.parts, paths[0] ?? '', outcome.kept)
        return false
      case 'not-empty':
        this.drop(operation, ...paths.map((path) => below(path, '*')))
        return false
      case 'failed':
        this.drop(operation)
        this.#trouble(id, outcome.problem)
        return false
    }
  }

  /** Disk first, memory of it then. `flushed`: what to remember beside, given the paths at which nothing was. */
  async settle(flushed: (gone: ReadonlySet<string>) => void = () => undefined): Promise<void> {
    flushed(await flush(this.parts, this.parts.unflushed))
    await this.parts.state.save()
  }

  #trouble(id: NodeId, problem: Problem): void {
    this.parts.troubles.problems.set(problem.path, problem)
    this.parts.withhold(id)
  }
}

function copiesIn(operations: readonly Operation[]): Map<NodeId, NodeId> {
  const copies = new Map<NodeId, NodeId>()
  for (const operation of operations) {
    if ((operation.type === 'move' || operation.type === 'attach') && operation.copyOf !== undefined)
      copies.set(operation.id, operation.copyOf)
    for (const change of operation.type === 'commit' ? operation.changes : []) {
      if (change.type !== 'delete' && change.conflictOf != null) copies.set(change.id, change.conflictOf)
    }
  }
  return copies
}

/** What a last look at replaced contents finds stands beside its file. Returns the paths at which nothing was. */
export async function flush(
  parts: Parameters<typeof keepBeside>[0],
  paths: Iterable<string>,
  options: Options = {},
): Promise<ReadonlySet<string>> {
  const due = [...new Set(paths)].sort()
  const told = due.length > 0 ? await parts.local.flush(due, options) : []
  for (const path of due) parts.unflushed.delete(path)
  const gone = new Set<string>()
  for (const { path, kept } of told) {
    if (kept === null) gone.add(path)
    else await keepBeside(parts, path, kept)
  }
  return gone
}

/** A user's edit that our step pushed aside becomes a file beside it: a conflict copy like any other. */
export async function keepBeside(
  parts: Pick<ApplyParts, 'local' | 'random' | 'deviceName' | 'dirty' | 'unflushed'>,
  path: string,
  kept: string,
): Promise<void> {
  const beside = besideOf(parts, path)
  parts.dirty.paths([path])
  for (const to of [beside, nameOf(beside)]) {
    const outcome = await parts.local.restoreKept(kept, { path: to, parent: null })
    parts.dirty.paths([to])
    if (outcome.outcome !== 'done') continue
    parts.unflushed.add(to).add(directoryOf(to))
    return
  }
  throw new TidemarkError('io', `an edit of ${path} was kept and could not be put back`, {
    subject: path,
    next: `It lies in .tidemark/trash as ${kept}: copy it back by hand.`,
  })
}

/** A conflict-copy name beside a path, with chance instead of a digest: used where the content was not read. */
export function besideOf(
  { random, deviceName, local }: Pick<ApplyParts, 'random' | 'deviceName' | 'local'>,
  path: string,
): string {
  const name = nameOf(path)
  const hex = toHex(random.bytes(6))
  return below(
    directoryOf(path),
    conflictName({ name, kind: 'file', device: deviceName, hex, limit: local.traits.nameLimit }),
  )
}
