/**
 * The `fs`-shaped seam: the calls our folder code and pack files make on a disk, and no others.
 * `node:fs`, `memfs` and a simulated disk stand under it. Errors carry the `code` of Node ('ENOENT', 'EEXIST', …).
 * Paths are absolute, in the form of the host.
 */

/** What a disk tells of an entry. Of the entry itself: links are not followed. */
export interface DiskStat {
  /** 'special': a device, a socket, a pipe. */
  readonly kind: 'file' | 'directory' | 'symlink' | 'special'
  /** The file system it is on. */
  readonly dev: bigint
  /** Its number there; 0n where there is none. */
  readonly ino: bigint
  /** Hard links to it. */
  readonly nlink: bigint
  /** Type and permission bits as in POSIX. */
  readonly mode: number
  /** Bytes. */
  readonly size: number
  /** Change of its content, nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** Change of its content or of what is said here, nanoseconds since 1970. */
  readonly ctimeNs: bigint
  /** 0n where the file system keeps none. */
  readonly birthtimeNs: bigint
}

/** One entry of a directory; `.` and `..` are none. */
export interface DiskEntry {
  /** Raw bytes of the name where the host has them: only they tell whether it is valid UTF-8. */
  readonly name: Uint8Array
  /** 'unknown' where the disk names no kind in a listing. */
  readonly kind: DiskStat['kind'] | 'unknown'
}

/** An open file. Positions and lengths in bytes. */
export interface DiskFile {
  /** DISK-11 Bytes read, 0 at the end; may be fewer than asked. Goes on after a rename, and after the last name is gone. */
  read(into: Uint8Array, position: number): Promise<number>
  /** DISK-3 Writes all of it at its position, or fails. `truncate` cuts, or extends with zeros. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Cuts, or fills up with zeros. */
  truncate(length: number): Promise<void>
  /** Of the open file, wherever it stands by now. */
  stat(): Promise<DiskStat>
  /** Permission bits as in POSIX. */
  chmod(mode: number): Promise<void>
  /** DISK-9 Whole milliseconds, read back as such; a change of mode leaves the modification time. */
  utimes(atimeMs: number, mtimeMs: number): Promise<void>
  /** Content and size survive a power loss when it resolves; the directory entry does not follow from it. */
  sync(): Promise<void>
  /** Called once. */
  close(): Promise<void>
}

/** The calls that folders and pack files make on a disk, and no others. Paths are absolute. */
export interface Disk {
  /** DISK-1 'read' and 'write' an existing file (ENOENT); 'create' exclusively (EEXIST). DISK-2 Never follows a symlink in the last component (ELOOP), nor does `lstat`. */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<DiskFile>
  /** DISK-8 ENOENT for a component that is missing, ENOTDIR for one that is a file; `readdir` alike. */
  lstat(path: string): Promise<DiskStat>
  /** The whole directory, in any order. DISK-10 Names byte for byte; a name beyond the limit of the disk is refused (ENAMETOOLONG). */
  readdir(path: string): Promise<readonly DiskEntry[]>
  /** One directory; EEXIST when something is there. */
  mkdir(path: string, mode?: number): Promise<void>
  /** DISK-7 Empty directories only (ENOTEMPTY); `unlink` takes no directory, `mkdir` no occupied name (EEXIST). */
  rmdir(path: string): Promise<void>
  /** DISK-5 POSIX rename: replaces an existing file without a word; what is moved keeps identity and modification time. DISK-6 Never a file over a directory, a directory over a file or over a full directory, or below itself. */
  rename(from: string, to: string): Promise<void>
  /**
   * DISK-13 Only where there are no hard links to look before and after by: puts `from` at the place of `to` in one step,
   * as long as that is still what was `seen` (null: nothing) and nobody is about to write to it. False, and nothing is
   * changed, when it is not.
   */
  replaceIf?(from: string, to: string, seen: DiskStat | null): Promise<boolean>
  /** DISK-4 A second name of the same file; EEXIST when the target is there; EPERM or ENOTSUP on disks without hard links. */
  link(from: string, to: string): Promise<void>
  /** A file or a link, not a directory. */
  unlink(path: string): Promise<void>
  /** Permission bits as in POSIX; links are followed. */
  chmod(path: string, mode: number): Promise<void>
  /** Whole milliseconds since 1970. */
  utimes(path: string, atimeMs: number, mtimeMs: number): Promise<void>
  /** DISK-12 The entries of a directory survive a power loss when it resolves. Directories are made with the mode asked. */
  syncDirectory(path: string): Promise<void>
}
