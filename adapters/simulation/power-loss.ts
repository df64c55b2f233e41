/**
 * What a power loss leaves of a simulated disk: all that was flushed, and of the rest as much as is asked for or drawn. It
 * never touches a byte or an entry that was flushed.
 */

import { DirectoryNode, type DiskNode, type FileNode } from './disk-nodes.js'
import type { DiskState } from './disk-state.js'
import { allNodes, nodesNow } from './disk-walk.js'
import { FileContent } from './file-content.js'

/** What becomes of a file whose content was not flushed. */
export type ContentLoss =
  /** All of it is there. */
  | 'kept'
  /** The beginning of the new content over the old one, up to a drawn place. */
  | 'torn'
  /** The new length; zeros from the first byte that was not flushed to the last one. */
  | 'zeroed'
  /** Content and attributes as of the last flush; empty where there was none. */
  | 'absent'

/** 'mixed': each file, and each change of a name, draws by itself. */
export interface PowerLoss {
  /** What becomes of contents that were not flushed. */
  readonly content: ContentLoss | 'mixed'
  /** Names given, taken and moved and not flushed since: there, or undone. */
  readonly names: 'kept' | 'lost' | 'mixed'
}

/** Chance with a seed. */
export interface Draw {
  /** A whole number from 0 to `bound` − 1. */
  below(bound: number): number
}

const CONTENT_LOSSES: readonly ContentLoss[] = ['kept', 'torn', 'zeroed', 'absent']

/** Turns the state into what the next start finds. All handles on it are dead. */
export function losePower(state: DiskState, how: PowerLoss, random: Draw): void {
  const nodes = [...allNodes(state)].sort((a, b) => a.serial - b.serial)
  const directories = nodes.filter((node) => node instanceof DirectoryNode)
  const lost = state.journal.lose(
    directories,
    () => how.names === 'kept' || (how.names === 'mixed' && random.below(2) === 0),
  )
  for (const { source, target } of lost) {
    for (const slot of [source, target]) if (slot !== null) Object.assign(slot.directory, slot.directory.flushed)
  }
  for (const node of nodes) {
    node.handles = 0
    if (node.kind === 'file') loseContent(node, how.content, random)
    if (node.kind === 'directory') node.flushed = { mtimeNs: node.mtimeNs, ctimeNs: node.ctimeNs }
  }
  countNames(nodes)
  state.recount([...nodesNow(state.root)])
  state.root.names = 1
  state.generation++
}

/** Nothing is left that a power loss could take. */
export function flushAll(state: DiskState): void {
  state.journal.flushAll()
  for (const node of nodesNow(state.root)) {
    if (node.kind === 'file') node.flush()
    if (node.kind === 'directory') node.flushed = { mtimeNs: node.mtimeNs, ctimeNs: node.ctimeNs }
  }
}

/** The disk after a drawn or given loss is what is on its platters: flushed. */
function loseContent(file: FileNode, how: PowerLoss['content'], random: Draw): void {
  if (file.dirtyFrom === Infinity) {
    const { mode, mtimeNs, ctimeNs } = file.flushed
    const asFlushed = how === 'absent' || (how === 'mixed' && random.below(2) === 0)
    if (asFlushed) Object.assign(file, { mode, mtimeNs, ctimeNs })
  } else {
    const loss = how === 'mixed' ? CONTENT_LOSSES[random.below(CONTENT_LOSSES.length)]! : how
    if (loss !== 'kept') file.content = new FileContent(bytesAfter(file, loss, random))
    const { mode, mtimeNs, ctimeNs } = file.flushed
    if (loss === 'absent') Object.assign(file, { mode, mtimeNs, ctimeNs })
  }
  file.flush()
}

function bytesAfter(file: FileNode, loss: 'torn' | 'zeroed' | 'absent', random: Draw): Uint8Array {
  const { flushed, dirtyFrom, dirtyTo } = file
  const now = file.content.view()
  if (loss === 'absent') return flushed.bytes
  if (loss === 'zeroed') return now.slice().fill(0, dirtyFrom, dirtyTo)
  // At least one byte is missing; a shorter file may have kept its old end.
  const cut = dirtyFrom + random.below(Math.max(1, dirtyTo - dirtyFrom))
  const torn = new Uint8Array(Math.max(cut, flushed.bytes.length))
  torn.set(flushed.bytes)
  torn.set(now.subarray(0, cut))
  return torn
}

function countNames(nodes: readonly DiskNode[]): void {
  for (const node of nodes) {
    node.names = 0
    if (node.kind === 'directory') node.subdirectories = 0
  }
  for (const node of nodes) {
    if (node.kind !== 'directory') continue
    for (const { node: entry } of node.now.entries.values()) {
      entry.names++
      if (entry.kind === 'directory') node.subdirectories++
    }
  }
}
