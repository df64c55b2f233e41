/**
 * What a simulated disk is made of. A directory has two sides: 'now', what programs see, and 'kept', what a power loss
 * leaves for sure. A file has its content now and as of its last flush. Plain state: rules stand where it is changed.
 */

import { FileContent } from './file-content.js'

/** 'now': as programs see it. 'kept': as a power loss leaves it for sure. */
export type Side = 'now' | 'kept'

/** Times of one node, nanoseconds since 1970. */
export interface NodeTimes {
  /** Change of its content. */
  mtimeNs: bigint
  /** Change of its content or attributes. */
  ctimeNs: bigint
}

/** Anything that has a number. */
abstract class NodeBase implements NodeTimes {
  /** Order in which nodes were made; a clone keeps it. */
  readonly serial: number
  ino: bigint
  /** Twelve permission bits. */
  mode: number
  mtimeNs: bigint
  ctimeNs: bigint
  readonly birthtimeNs: bigint
  /** Entries that name it now. */
  names = 0
  /** Open handles on it. */
  handles = 0
  /** Changes of its names that a power loss may undo; null for none. */
  changes: Set<NameChange> | null = null
  /** The last one that took a name of it away. */
  gone: NameChange | null = null
  /** The one that set its number free: nothing of this node is durable before. */
  after: NameChange | null

  /** A node that nothing names yet. */
  constructor({ serial, ino, after = null, mode, mtimeNs, birthtimeNs }: NodeStart) {
    this.serial = serial
    this.ino = ino
    this.after = after
    this.mode = mode
    this.mtimeNs = mtimeNs
    this.ctimeNs = mtimeNs
    this.birthtimeNs = birthtimeNs
  }
}

/** What a node begins with. */
export interface NodeStart {
  readonly serial: number
  readonly ino: bigint
  /** What set the number free. */
  readonly after?: NameChange | null
  readonly mode: number
  readonly mtimeNs: bigint
  readonly birthtimeNs: bigint
}

/** A file as of its last flush. */
export interface FlushedFile extends NodeTimes {
  /** Never written to. */
  readonly bytes: Uint8Array
  readonly mode: number
}

export class FileNode extends NodeBase {
  readonly kind = 'file'
  content = new FileContent()
  flushed: FlushedFile
  /** First byte that changed since the last flush; Infinity for none. */
  dirtyFrom = Infinity
  /** Behind the last byte that changed since then. */
  dirtyTo = 0

  /** Empty, and flushed as such. */
  constructor(start: NodeStart) {
    super(start)
    this.flushed = this.#asNow()
  }

  /** Bytes from `from` to `to` are other than at the last flush. */
  dirty(from: number, to: number): void {
    this.dirtyFrom = Math.min(this.dirtyFrom, from)
    this.dirtyTo = Math.max(this.dirtyTo, to)
  }

  /** Content, size and attributes survive a power loss from here on. */
  flush(): void {
    this.flushed = this.#asNow()
    this.dirtyFrom = Infinity
    this.dirtyTo = 0
  }

  #asNow(): FlushedFile {
    return { bytes: this.content.view(), mode: this.mode, mtimeNs: this.mtimeNs, ctimeNs: this.ctimeNs }
  }
}

/** One entry of a directory. */
export interface Entry {
  /** As it is spelled in listings. */
  readonly name: string
  readonly node: DiskNode
}

/** One side of a directory. */
export interface DirectorySide {
  /** By key. */
  entries: Map<string, Entry>
  /** Null for the root, and for one that nothing names on this side. */
  parent: DirectoryNode | null
}

export class DirectoryNode extends NodeBase {
  readonly kind = 'directory'
  readonly now: DirectorySide = { entries: new Map(), parent: null }
  readonly kept: DirectorySide = { entries: new Map(), parent: null }
  /** Times as of its last flush. */
  flushed: NodeTimes
  /** Directories in it now. */
  subdirectories = 0
  /** Changes of its entries that a power loss may undo, oldest first, by key. */
  readonly pending = new Map<string, NameChange[]>()

  /** Empty on both sides. */
  constructor(start: NodeStart) {
    super(start)
    this.flushed = { mtimeNs: this.mtimeNs, ctimeNs: this.ctimeNs }
  }
}

export class LinkNode extends NodeBase {
  readonly kind = 'symlink'
  readonly target: string

  /** `target` as it was given. */
  constructor(start: NodeStart, target: string) {
    super(start)
    this.target = target
  }
}

export type DiskNode = FileNode | DirectoryNode | LinkNode

/** A place for an entry. */
export interface Slot {
  readonly directory: DirectoryNode
  readonly key: string
  /** Spelling of the entry. */
  readonly name: string
}

/** A name given (no source), taken away (no target), or moved. */
export interface NameStep {
  readonly node: DiskNode
  readonly source: Slot | null
  readonly target: Slot | null
  /** What stood at the target. */
  readonly replaced: DiskNode | null
}

/** A step that is not flushed yet. */
export interface NameChange extends NameStep {
  /** Order in which it was made. */
  readonly serial: number
  /** A power loss keeps it wherever what holds its directories is there. */
  settled: boolean
}
