/**
 * The calls of a disk, without waiting, as a kernel judges them: each checks in the order in which Linux does, so that of
 * two reasons to refuse the same one is told. Users and programs come through here alike.
 */

import type { DiskStat } from '../shared/disk.js'
import { diskError } from './disk-error.js'
import type { DirectoryNode, DiskNode, FileNode, Slot } from './disk-nodes.js'
import { type DiskPlace, isLongPath, walk, type Walk } from './disk-paths.js'
import type { DiskState } from './disk-state.js'
import { OpenFile, setMode, setModified } from './open-file.js'

/** What rmdir says to a path that ends so. */
const NO_ENTRY: ReadonlyMap<string, string> = new Map([
  ['.', 'EINVAL'],
  ['..', 'ENOTEMPTY'],
])

export class DiskTree {
  readonly state: DiskState
  readonly #walk: Walk

  /** Over a state that others may use, too. */
  constructor(state: DiskState) {
    this.state = state
    const { privileged, personality } = state.parts
    const allows = (node: DiskNode, bits: number): boolean => privileged || ((node.mode >> 6) & bits) === bits
    this.#walk = { root: state.root, names: state.names, allows, anyLength: personality.nameLimit.unit === 'utf16' }
  }

  /** A handle; `follow`: through a link in the last component, else ELOOP. A directory can be read only. */
  open(path: string, how: 'read' | 'write' | 'create', mode = 0o666, follow = false): OpenFile {
    const place = this.#find('open', path, follow)
    if (how === 'create') return this.#create(place, path, mode)
    const node = this.#there(place, 'open', path)
    if (node.kind === 'symlink') throw diskError('ELOOP', 'open', path)
    if (node.kind === 'directory' && how === 'write') throw diskError('EISDIR', 'open', path)
    this.#allow(node, how === 'write' ? 6 : 4, 'open', path)
    return new OpenFile(this.state, node, path, how === 'write')
  }

  #create(place: DiskPlace, path: string, mode: number): OpenFile {
    if (place.node !== null) throw diskError('EEXIST', 'open', path)
    const slot = this.#free(place, 'open', path)
    const file = this.state.makeFile(mode)
    this.state.change(file, null, slot)
    return new OpenFile(this.state, file, path, true)
  }

  /** Of the entry itself; `follow`: of what a link leads to. */
  stat(path: string, follow = false): DiskStat {
    return this.state.stat(this.#there(this.#find('lstat', path, follow), 'lstat', path))
  }

  /** In the order in which they came. */
  list(path: string): DirectoryNode['now']['entries'] {
    const node = this.#there(this.#find('scandir', path, true), 'scandir', path)
    if (node.kind !== 'directory') throw diskError('ENOTDIR', 'scandir', path)
    this.#allow(node, 4, 'scandir', path)
    return node.now.entries
  }

  mkdir(path: string, mode = 0o777): void {
    const place = this.#find('mkdir', path)
    if (place.node !== null) throw diskError('EEXIST', 'mkdir', path)
    const slot = this.#free(place, 'mkdir', path)
    if (!this.state.hasRoom) throw diskError('ENOSPC', 'mkdir', path)
    this.state.change(this.state.makeDirectory(mode), null, slot)
  }

  symlink(target: string, path: string): void {
    if (target === '') throw diskError('ENOENT', 'symlink', path)
    if (isLongPath(target)) throw diskError('ENAMETOOLONG', 'symlink', path)
    const place = this.#find('symlink', path)
    if (place.node !== null) throw diskError('EEXIST', 'symlink', path)
    const slot = this.#free(place, 'symlink', path)
    if (!this.state.parts.personality.links) throw diskError('EPERM', 'symlink', path)
    this.state.change(this.state.makeLink(target), null, slot)
  }

  rmdir(path: string): void {
    const place = this.#find('rmdir', path)
    const node = this.#there(place, 'rmdir', path)
    if (place.key === '') throw diskError(NO_ENTRY.get(place.name) ?? 'EBUSY', 'rmdir', path)
    this.#allow(place.directory, 3, 'rmdir', path)
    if (node.kind !== 'directory') throw diskError('ENOTDIR', 'rmdir', path)
    if (node.now.entries.size > 0) throw diskError('ENOTEMPTY', 'rmdir', path)
    this.state.change(node, slotOf(place), null)
  }

  unlink(path: string): void {
    const place = this.#find('unlink', path)
    const node = this.#there(place, 'unlink', path)
    if (place.key !== '') this.#allow(place.directory, 3, 'unlink', path)
    if (node.kind === 'directory') throw diskError('EISDIR', 'unlink', path)
    this.state.change(node, slotOf(place), null)
  }

  link(from: string, to: string): void {
    const node = this.#there(this.#find('link', from), 'link', from)
    const place = this.#find('link', to)
    if (place.node !== null) throw diskError('EEXIST', 'link', to)
    const slot = this.#free(place, 'link', to)
    if (node.kind === 'directory' || !this.state.parts.personality.links) throw diskError('EPERM', 'link', from)
    this.state.change(node, null, slot)
  }

  rename(from: string, to: string): void {
    const source = walk(this.#walk, 'rename', from, false)
    const target = walk(this.#walk, 'rename', to, false)
    // '.' and '..' are no entries, and the root has none.
    if (source.key === '' || target.key === '') throw diskError('EBUSY', 'rename', from)
    const node = this.#there(looked(source, 'rename', from), 'rename', from)
    looked(target, 'rename', to)
    if (node.kind === 'directory' && isWithin(target.directory, node)) throw diskError('EINVAL', 'rename', from)
    if (target.node !== null && isWithin(source.directory, target.node)) throw diskError('ENOTEMPTY', 'rename', from)
    const isSlot = source.directory === target.directory && source.key === target.key
    if (isSlot) return this.#respell(source, target, node)
    if (target.node === node) return
    this.#allow(source.directory, 3, 'rename', from)
    const slot = target.node === null ? this.#free(target, 'rename', to) : slotOf(target)
    if (target.node !== null) this.#replaceable(node, target.node, target.directory, to)
    const moves = node.kind === 'directory' && source.directory !== target.directory
    if (moves) this.#allow(node, 2, 'rename', from)
    if (target.node?.kind === 'directory' && target.node.now.entries.size > 0)
      throw diskError('ENOTEMPTY', 'rename', to)
    const { name } = source.directory.now.entries.get(source.key)!
    this.state.change(node, { ...slotOf(source), name }, this.#spelled(slot), target.node)
  }

  /** Another spelling of the same entry: that is how case is changed where names fold. */
  #respell(source: DiskPlace, target: DiskPlace, node: DiskNode): void {
    const { name } = source.directory.now.entries.get(source.key)!
    const slot = this.#spelled(slotOf(target))
    if (slot.name === name) return
    this.state.change(node, { ...slot, name }, slot)
  }

  #replaceable(node: DiskNode, target: DiskNode, directory: DirectoryNode, path: string): void {
    this.#allow(directory, 3, 'rename', path)
    if (node.kind === 'directory' && target.kind !== 'directory') throw diskError('ENOTDIR', 'rename', path)
    if (node.kind !== 'directory' && target.kind === 'directory') throw diskError('EISDIR', 'rename', path)
  }

  /** Twelve permission bits. A link in the last component is refused (ELOOP), or followed. */
  chmod(path: string, mode: number, follow = false): void {
    setMode(this.state, this.#opened('chmod', path, follow), mode)
  }

  /** Whole milliseconds since 1970. */
  utimes(path: string, mtimeMs: number, follow = false): void {
    setModified(this.state, this.#opened('utime', path, follow), mtimeMs)
  }

  /** The entries of a directory are durable; of a file, its content. */
  sync(path: string): void {
    const node = this.#opened('fsync', path, false)
    if (node.kind === 'file') node.flush()
    else this.state.journal.flush(node)
  }

  /** As the disk of Node opens it to change it by its handle; those who follow links go by the path, and need no such right. */
  #opened(call: string, path: string, follow: boolean): FileNode | DirectoryNode {
    const node = this.#there(this.#find(call, path, follow), call, path)
    if (node.kind === 'symlink') throw diskError('ELOOP', call, path)
    if (!follow) this.#allow(node, 4, call, path)
    return node
  }

  #find(call: string, path: string, follow = false): DiskPlace {
    return looked(walk(this.#walk, call, path, follow), call, path)
  }

  #there({ node }: DiskPlace, call: string, path: string): DiskNode {
    if (node === null) throw diskError('ENOENT', call, path)
    return node
  }

  #allow(node: DiskNode, bits: number, call: string, path: string): void {
    if (!this.#walk.allows(node, bits)) throw diskError('EACCES', call, path)
  }

  /** A slot in which something may be made. */
  #free(place: DiskPlace, call: string, path: string): Slot {
    this.#allow(place.directory, 3, call, path)
    if (this.state.names.isReserved(place.name)) throw diskError('EINVAL', call, path)
    return this.#spelled(slotOf(place))
  }

  #spelled(slot: Slot): Slot {
    return { ...slot, name: this.state.names.stored(slot.name) }
  }
}

/** The last component could be looked for. */
function looked(place: DiskPlace, call: string, path: string): DiskPlace {
  if (place.isTooLong) throw diskError('ENAMETOOLONG', call, path)
  return place
}

function slotOf({ directory, key, name }: DiskPlace): Slot {
  return { directory, key, name }
}

/** The directory is that node, or below it. */
function isWithin(directory: DirectoryNode, node: DiskNode): boolean {
  for (let at: DirectoryNode | null = directory; at !== null; at = at.now.parent) if (at === node) return true
  return false
}
