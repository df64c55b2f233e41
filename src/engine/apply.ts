/**
 * Does to this disk what a plan says, in its order. Before each step the store looks again; what moved since the plan
 * is left alone and marked dirty (INV-18). It decides nothing.
 */

import { checkAborted } from '../errors.js'
import type { Operation, OperationId } from '../model/plan.js'
import { ContentWindow } from './apply-contents.js'
import {
  aside,
  attach,
  detach,
  makeDirectory,
  type Moving,
  move,
  putBack,
  remove,
  setExecutable,
} from './apply-places.js'
import { type ApplyParts, ApplyRun } from './apply-run.js'
import { keepBook } from './book.js'
import type { Downloads } from './download.js'

/** Executes the operations after the commits. `dropped` holds those that may not run, and grows by what depends on them. */
export async function applyAll(
  parts: ApplyParts,
  downloads: Downloads,
  operations: readonly Operation[],
  dropped: Set<OperationId>,
  signal: AbortSignal,
): Promise<void> {
  const run = new ApplyRun(parts, operations, dropped, signal)
  const window = new ContentWindow(run, downloads)
  const moving: Moving = new Map()
  try {
    for (const operation of operations) {
      checkAborted(signal)
      if (!run.falls(operation)) await takeOne(run, window, moving, operation)
    }
    await window.bring()
  } finally {
    // Cut short, it still puts what it took away where it was sent to: elsewhere, an edit of it by rename would be another file.
    for (const operation of operations)
      if (operation.type === 'attach' && moving.has(operation.id) && !run.falls(operation))
        await attach(run, operation, moving)
    for (const id of [...moving.keys()]) await putBack(run, id, moving)
    await run.settle()
  }
}

/** The answer to a commit of this plan told of something newer: what was to come is not what the server has any more. */
function isOutdated({ parts }: ApplyRun, operation: Operation): boolean {
  const { type } = operation
  if (type !== 'create' && type !== 'replace' && type !== 'aside') return false
  const node = parts.state.trees.remoteRevision(type === 'aside' ? operation.id : operation.node.id)?.node
  return type === 'aside' ? node == null : node?.content !== operation.node.content
}

async function takeOne(run: ApplyRun, window: ContentWindow, moving: Moving, operation: Operation): Promise<void> {
  if (isOutdated(run, operation)) return void run.dropped.add(operation.operation)
  if (operation.type === 'replace') return window.add(operation)
  if (operation.type === 'create')
    return operation.node.kind === 'file' ? window.add(operation) : makeDirectory(run, operation)
  await window.bring()
  if (run.falls(operation)) return
  switch (operation.type) {
    case 'commit':
      return
    case 'aside':
      return aside(run, operation)
    case 'move':
      return move(run, operation)
    case 'detach':
      return detach(run, operation, moving)
    case 'attach':
      return attach(run, operation, moving)
    case 'remove':
      return remove(run, operation)
    case 'executable':
      return setExecutable(run, operation)
    default:
      return keepBook(run.parts.state.trees, operation)
  }
}
