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
  /** Bytes read, 0 at the end; may be fewer than asked. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Writes all of it, or fails. */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** Cuts, or fills up with zeros. */
  truncate(length: number): Promise<void>
  /** Of the open file, wherever it stands by now. */
  stat(): Promise<DiskStat>
  /** Permission bits as in POSIX. */
  chmod(mode: number): Promise<void>
  /** Whole milliseconds. */
  utimes(atimeMs: number, mtimeMs: number): Promise<void>
  /** Content and size survive a power loss when it resolves; the directory entry does not follow from it. */
  sync(): Promise<void>
  /** Called once. */
  close(): Promise<void>
}

/** The calls that folders and pack files make on a disk, and no others. Paths are absolute. */
export interface Disk {
  /** 'read'; 'write' an existing file; 'create' exclusively (EEXIST). Never follows a symlink in the last component (ELOOP). */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<DiskFile>
  /** Never follows a link in the last component. ENOENT when there is nothing. */
  lstat(path: string): Promise<DiskStat>
  /** The whole directory, in any order. */
  readdir(path: string): Promise<readonly DiskEntry[]>
  /** One directory; EEXIST when something is there. */
  mkdir(path: string, mode?: number): Promise<void>
  /** Only an empty one: ENOTEMPTY. */
  rmdir(path: string): Promise<void>
  /** POSIX rename: replaces an existing file without a word. */
  rename(from: string, to: string): Promise<void>
  /** EEXIST when the target is there; EPERM or ENOTSUP on disks without hard links. */
  link(from: string, to: string): Promise<void>
  /** A file or a link, not a directory. */
  unlink(path: string): Promise<void>
  /** Permission bits as in POSIX; links are followed. */
  chmod(path: string, mode: number): Promise<void>
  /** Whole milliseconds since 1970. */
  utimes(path: string, atimeMs: number, mtimeMs: number): Promise<void>
  /** The entries of a directory survive a power loss when it resolves. */
  syncDirectory(path: string): Promise<void>
}
