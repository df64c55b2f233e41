/**
 * The state of one simulated disk that all who use it share: the tree, its journal, the numbers given out, the bytes in use.
 * It carries changes out and keeps the counts true; whether a change may be is asked elsewhere.
 */

import type { DiskStat } from '../shared/disk.js'
import { applyStep, DiskJournal } from './disk-journal.js'
import { byteLength, DiskNames } from './disk-names.js'
import {
  DirectoryNode,
  type DiskNode,
  FileNode,
  LinkNode,
  type NameChange,
  type NodeStart,
  type Slot,
} from './disk-nodes.js'
import type { DiskPersonality } from './disk-personality.js'

const BLOCK = 4096
const NS_PER_MS = 1_000_000n

/** What a disk is made of. */
export interface DiskParts {
  /** Wall time, milliseconds since 1970. */
  readonly now: () => number
  readonly personality: DiskPersonality
  /** Room for contents and directories, in blocks of 4,096 bytes; Infinity for no limit. */
  readonly capacityBytes: number
  /** Permission bits keep nobody out, as with root. */
  readonly privileged: boolean
  /** Bits that new entries do not get. */
  readonly umask: number
}

/** Bytes that a content takes up. */
const roomFor = (length: number): number => Math.ceil(length / BLOCK) * BLOCK

/** A number that can be given again. */
interface Freed {
  readonly ino: bigint
  readonly after: NameChange | null
}

export class DiskState {
  readonly parts: DiskParts
  readonly names: DiskNames
  readonly root: DirectoryNode
  readonly journal: DiskJournal
  /** Handles of an earlier number are dead: the power was gone in between. */
  generation = 0
  /** Bytes taken up. */
  used = BLOCK
  serial = 1
  #nextIno = 3n
  #free: Freed[] = []

  /** An empty disk; or, where `root` is given, one whose nodes are filled in by the caller. */
  constructor(parts: DiskParts, root?: DirectoryNode) {
    this.parts = parts
    this.names = new DiskNames(parts.personality)
    const time = this.time()
    this.root =
      root ?? new DirectoryNode({ serial: 0, ino: this.#ino(2n), mode: 0o755, mtimeNs: time, birthtimeNs: time })
    this.root.names = 1
    this.journal = new DiskJournal(this.root)
  }

  /** The present, as the disk keeps it. */
  time(): bigint {
    const now = this.parts.now()
    const whole = Math.floor(now)
    return this.rounded(BigInt(whole) * NS_PER_MS + BigInt(Math.floor((now - whole) * 1_000_000)))
  }

  /** Down to the granularity, before 1970 too. */
  rounded(timeNs: bigint): bigint {
    const { mtimeGranularityNs } = this.parts.personality
    if (mtimeGranularityNs === 1) return timeNs
    const step = BigInt(mtimeGranularityNs)
    return timeNs - (((timeNs % step) + step) % step)
  }

  makeFile(mode: number): FileNode {
    return new FileNode(this.#start(this.fileMode(mode & ~this.parts.umask)))
  }

  makeDirectory(mode: number): DirectoryNode {
    this.used += BLOCK
    return new DirectoryNode(this.#start(mode & ~this.parts.umask & 0o7777))
  }

  makeLink(target: string): LinkNode {
    return new LinkNode(this.#start(0o777), target)
  }

  /** What the disk keeps of the permission bits of a file. */
  fileMode(mode: number): number {
    return mode & (this.parts.personality.executable ? 0o7777 : 0o666)
  }

  /** Gives, takes away or moves a name, and keeps counts and times. */
  change(node: DiskNode, source: Slot | null, target: Slot | null, replaced: DiskNode | null = null): void {
    const step = { node, source, target, replaced }
    applyStep(step, 'now')
    this.journal.record(step)
    const time = this.time()
    if (source !== null) this.#left(source.directory, node, time)
    if (target !== null) this.#came(target.directory, node, time)
    if (replaced !== null) {
      if (target !== null && replaced.kind === 'directory') target.directory.subdirectories--
      replaced.names--
      replaced.ctimeNs = time
      this.release(replaced)
    }
    node.ctimeNs = time
    if (target === null) this.release(node)
  }

  #left(directory: DirectoryNode, node: DiskNode, time: bigint): void {
    directory.mtimeNs = directory.ctimeNs = time
    node.names--
    if (node.kind === 'directory') directory.subdirectories--
  }

  #came(directory: DirectoryNode, node: DiskNode, time: bigint): void {
    directory.mtimeNs = directory.ctimeNs = time
    node.names++
    if (node.kind === 'directory') directory.subdirectories++
  }

  /** Gives back what a node takes up, when nothing names it any more and nobody holds it. */
  release(node: DiskNode): void {
    if (node.names > 0 || node.handles > 0) return
    if (this.parts.personality.inodes === 'reused') this.#free.push({ ino: node.ino, after: node.gone })
    if (node.kind === 'file') this.used -= roomFor(node.content.length)
    if (node.kind === 'directory') this.used -= BLOCK
  }

  /** Bytes a content may have at most now. */
  mostFor(file: FileNode): number {
    return this.parts.capacityBytes - this.used + roomFor(file.content.length)
  }

  /** Whether one more directory fits. */
  get hasRoom(): boolean {
    return this.used + BLOCK <= this.parts.capacityBytes
  }

  /** Runs what changes the length of a content, and keeps the bytes in use. */
  resize(file: FileNode, run: () => void): void {
    const before = roomFor(file.content.length)
    run()
    this.used += roomFor(file.content.length) - before
  }

  /** What a disk tells of a node. */
  stat(node: DiskNode): DiskStat {
    const { birthtime, links } = this.parts.personality
    return {
      kind: node.kind,
      dev: 1n,
      ino: node.ino,
      nlink: BigInt(links ? linksOf(node) : Math.min(1, node.names)),
      mode: node.mode,
      size: sizeOf(node),
      mtimeNs: node.mtimeNs,
      ctimeNs: node.ctimeNs,
      birthtimeNs: birthtime ? node.birthtimeNs : 0n,
    }
  }

  /** After a power loss or in a clone: numbers and room are counted anew from the nodes that are there. */
  recount(nodes: readonly DiskNode[]): void {
    const given = new Set<bigint>()
    const { inodes } = this.parts.personality
    this.used = 0
    this.#free = []
    for (const node of nodes) for (; node.ino >= this.#nextIno; this.#nextIno++);
    for (const node of [...nodes].sort((a, b) => a.serial - b.serial)) {
      given.add(node.ino)
      if (node.kind === 'file') this.used += roomFor(node.content.length)
      if (node.kind === 'directory') this.used += BLOCK
      this.serial = Math.max(this.serial, node.serial + 1)
    }
    if (inodes === 'reused')
      for (let ino = 3n; ino < this.#nextIno; ino++) if (!given.has(ino)) this.#free.push({ ino, after: null })
  }

  #start(mode: number): NodeStart {
    const time = this.time()
    const serial = this.serial++
    const birthtimeNs = time + BigInt(serial % 1_000_000)
    const { ino, after } = this.#takeNumber()
    return { serial, ino: this.#ino(ino), after, mode, mtimeNs: time, birthtimeNs }
  }

  #takeNumber(): Freed {
    if (this.#free.length === 0) return { ino: this.#nextIno++, after: null }
    let lowest = 0
    for (let at = 1; at < this.#free.length; at++) if (this.#free[at]!.ino < this.#free[lowest]!.ino) lowest = at
    const freed = this.#free[lowest]!
    this.#free[lowest] = this.#free.at(-1)!
    this.#free.pop()
    return freed
  }

  #ino(number: bigint): bigint {
    return this.parts.personality.inodes === 'none' ? 0n : number
  }
}

function linksOf(node: DiskNode): number {
  return node.kind === 'directory' && node.names > 0 ? 2 + node.subdirectories : node.names
}

function sizeOf(node: DiskNode): number {
  if (node.kind === 'file') return node.content.length
  return node.kind === 'directory' ? BLOCK : byteLength(node.target)
}
