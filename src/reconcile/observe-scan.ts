/**
 * The state of one observation in the making: what was found, what is in doubt, what is still to be asked.
 * Filled step by step by the other observe files; nothing in it outlives the call.
 */

import type { DirectoryEntry, Listing } from '../interfaces/local-store.js'
import { type FileId, type NodeId, ROOT_ID } from '../model/ids.js'
import type { Problem, ProblemCode } from '../model/problem.js'
import { placeKey } from '../model/tree.js'
import type { KnownRows, ObserveContext, Snapshot } from './observation.js'
import { Known } from './observe-known.js'
import { joinPath } from './observe-names.js'

/** A directory with its node. `entry` is null where its parent was not listed: its own row is not looked at then. */
export interface FoundDirectory {
  readonly id: NodeId
  readonly path: string
  readonly parentId: NodeId
  readonly entry: DirectoryEntry | null
  /** New here, or here under another path than before: what is below has to be listed too. */
  readonly fresh: boolean
}

/** A file of a complete listing. */
export interface Sighting {
  readonly parentId: NodeId
  readonly path: string
  readonly entry: DirectoryEntry
  /** The synced file whose synced place this is. */
  readonly holder: NodeId | null
}

/** What stands at a place instead of a node: certainly something else, or nobody knows what. */
export type Block = 'other' | 'unknown'

export class Scan {
  readonly known: Known
  readonly snapshot: Snapshot
  readonly context: ObserveContext

  readonly directories = new Map<NodeId, FoundDirectory>()
  readonly directoryAt = new Map<string, FoundDirectory>()
  /** Directories whose listing is complete and was gone through. */
  readonly listed = new Map<NodeId, FoundDirectory>()
  readonly unanswered: FoundDirectory[] = []
  readonly sightings: Sighting[] = []
  readonly files = new Map<NodeId, Sighting>()
  /** Synced files at whose synced place a file was seen. */
  readonly held = new Set<NodeId>()

  readonly blocks = new Map<string, Block>()
  readonly ignoredIds = new Set<FileId>()
  /** Ignored directories, the topmost ones. */
  readonly outside = new Set<string>()
  /** Names that no node stands for, by the node of their directory. */
  readonly occupied = new Map<NodeId, Set<string>>()
  readonly frozen = new Set<NodeId>()
  readonly problems: Problem[] = []
  readonly read = new Set<string>()
  readonly widen = new Set<string>()

  constructor(rows: KnownRows, snapshot: Snapshot, context: ObserveContext) {
    this.known = new Known(rows, context.traits)
    this.snapshot = snapshot
    this.context = context
  }

  isFound(id: NodeId): boolean {
    return this.directories.has(id) || this.files.has(id)
  }

  ignores(path: string, kind: 'file' | 'directory'): boolean {
    return this.snapshot.ignored?.(path, kind) ?? false
  }

  listing(path: string): Listing | undefined {
    return this.snapshot.listings.get(path)
  }

  problem(path: string, code: ProblemCode, message: string): void {
    this.problems.push({ path, code, message })
  }

  busy(path: string): void {
    this.problem(path, 'busy', 'It changed while it was looked at; it is looked at again later.')
  }

  /** A name that no node stands for, in every form that the disk takes for the same name. */
  occupy(parentId: NodeId, name: string): void {
    const names = this.occupied.get(parentId) ?? new Set<string>()
    this.occupied.set(parentId, names)
    names.add(name)
    if (this.context.traits.unicode === 'exact') return
    names.add(name.normalize('NFC'))
    names.add(name.normalize('NFD'))
  }

  block(parentId: NodeId, name: string, block: Block): void {
    this.occupy(parentId, name)
    this.blocks.set(placeKey(parentId, this.known.fold(name)), block)
  }

  blockAt(parentId: NodeId, name: string): Block | undefined {
    return this.blocks.get(placeKey(parentId, this.known.fold(name)))
  }

  /** Where a known directory is now, as far as this scan can tell; null when it is gone or nobody knows. */
  pathOf(id: NodeId): string | null {
    const found = this.directories.get(id)
    if (found !== undefined) return found.path
    if (id === ROOT_ID) return ''
    const seen = this.known.seen(id)
    if (seen === null || this.listed.has(seen.node.parentId)) return null
    const parent = this.pathOf(seen.node.parentId)
    if (parent === null || this.listing(parent) !== undefined) return null
    return joinPath(parent, seen.node.name)
  }

  /** Asks for the listing of a known directory, if it was not given yet. True when it has to be waited for. */
  widenTo(id: NodeId): boolean {
    if (this.snapshot.full) return false
    const path = this.pathOf(id)
    if (path === null || this.listing(path) !== undefined) return false
    this.widen.add(path)
    return true
  }

  /** A node and everything last seen below it that was not found elsewhere. */
  freeze(id: NodeId): void {
    const waiting = [id]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next !== ROOT_ID) this.frozen.add(next)
      for (const child of this.known.children('local', next)) {
        if (!this.isFound(child) && !this.frozen.has(child)) waiting.push(child)
      }
    }
  }
}
