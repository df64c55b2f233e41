/**
 * One run of apply operations: where things stand, what was touched, what was dropped. Disk first, memory of it then:
 * `settle` flushes everything touched before it saves what the trees say of it (INV-08).
 */

import { TidemarkError } from '../errors.js'
import type { LocalStore, Outcome, Target } from '../interfaces/local-store.js'
import type { Random } from '../interfaces/random.js'
import { toHex } from '../model/hex.js'
import { type FileId, type NodeId, ROOT_ID } from '../model/ids.js'
import type { Placement } from '../model/node.js'
import type { ApplyOperation, ExpectedParent, OperationId } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import { conflictName } from '../reconcile/conflict-name.js'
import type { Dirty } from './dirty.js'
import type { EngineState } from './engine-state.js'
import { below, directoryOf, nameOf } from './paths.js'
import type { Progress } from './progress.js'
import type { Troubles } from './scan.js'

/** Something on this disk was changed by the engine. */
export interface AppliedChange {
  readonly type: ApplyOperation['type']
  readonly path: string
  /** Where it stood before, for what was moved. */
  readonly from?: string
  readonly id: NodeId
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
  /** The disk refused the node for now: it waits for a change or for the next try. */
  readonly withhold: (id: NodeId) => void
  readonly onChange: (change: AppliedChange) => void
  /** Changed on the disk, and not known to survive a power loss yet. Outlives a run whose flush failed. */
  readonly unflushed: Set<string>
}

export class ApplyRun {
  readonly parts: ApplyParts
  readonly signal: AbortSignal
  readonly dropped: Set<OperationId>

  constructor(parts: ApplyParts, dropped: Set<OperationId>, signal: AbortSignal) {
    this.parts = parts
    this.dropped = dropped
    this.signal = signal
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

  /** The operation is not done, nor what depends on it; its paths are looked at again. */
  drop(operation: ApplyOperation, ...paths: readonly string[]): void {
    this.dropped.add(operation.operation)
    this.parts.dirty.paths(paths)
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
        await this.#keepDisplaced(paths[0] ?? '', outcome.kept)
        return true
      case 'moved':
        this.drop(operation, ...paths)
        if (outcome.kept !== undefined) await this.#keepDisplaced(paths[0] ?? '', outcome.kept)
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

  /** Disk first, memory of it then. */
  async settle(): Promise<void> {
    const { local, state, unflushed } = this.parts
    const touched = [...unflushed].sort()
    if (touched.length > 0) await local.flush(touched)
    for (const path of touched) unflushed.delete(path)
    await state.save()
  }

  #trouble(id: NodeId, problem: Problem): void {
    this.parts.troubles.problems.set(problem.path, problem)
    this.parts.withhold(id)
  }

  /** A user's edit that our step pushed aside becomes a file beside it: a conflict copy like any other. */
  async #keepDisplaced(path: string, kept: string): Promise<void> {
    const beside = besideOf(this.parts, path)
    this.parts.dirty.paths([path])
    for (const to of [beside, nameOf(beside)]) {
      const outcome = await this.parts.local.restoreKept(kept, { path: to, parent: null })
      this.parts.dirty.paths([to])
      if (outcome.outcome === 'done') return this.touch(to)
    }
    throw new TidemarkError('io', `an edit of ${path} was kept and could not be put back`, {
      subject: path,
      next: `It lies in .tidemark/trash as ${kept}: copy it back by hand.`,
    })
  }
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
