/**
 * The `fs`-shaped seam: the calls our folder code and pack files make on a disk, and no others.
 * `node:fs`, `memfs` and a simulated disk stand under it. Errors carry the `code` of Node ('ENOENT', 'EEXIST', …).
 * Paths are absolute, in the form of the host.
 */

export interface DiskStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'special'
  readonly dev: bigint
  readonly ino: bigint
  readonly nlink: bigint
  readonly mode: number
  readonly size: number
  readonly mtimeNs: bigint
  readonly ctimeNs: bigint
  /** 0n where the file system keeps none. */
  readonly birthtimeNs: bigint
}

export interface DiskEntry {
  /** Raw bytes of the name where the host has them: only they tell whether it is valid UTF-8. */
  readonly name: Uint8Array
  readonly kind: DiskStat['kind'] | 'unknown'
}

export interface DiskFile {
  /** Bytes read, 0 at the end; may be fewer than asked. */
  read(into: Uint8Array, position: number): Promise<number>
  /** Writes all of it, or fails. */
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(length: number): Promise<void>
  stat(): Promise<DiskStat>
  chmod(mode: number): Promise<void>
  /** Whole milliseconds. */
  utimes(atimeMs: number, mtimeMs: number): Promise<void>
  /** Content and size survive a power loss when it resolves; the directory entry does not follow from it. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** 'read'; 'write' an existing file; 'create' exclusively (EEXIST). Never follows a symlink in the last component (ELOOP). */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<DiskFile>
  lstat(path: string): Promise<DiskStat>
  readdir(path: string): Promise<readonly DiskEntry[]>
  mkdir(path: string, mode?: number): Promise<void>
  rmdir(path: string): Promise<void>
  /** POSIX rename: replaces an existing file without a word. */
  rename(from: string, to: string): Promise<void>
  /** EEXIST when the target is there; EPERM or ENOTSUP on disks without hard links. */
  link(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  utimes(path: string, atimeMs: number, mtimeMs: number): Promise<void>
  /** The entries of a directory survive a power loss when it resolves. */
  syncDirectory(path: string): Promise<void>
}
