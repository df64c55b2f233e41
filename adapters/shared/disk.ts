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
  /** DISK-11 Bytes read, 0 at the end; may be fewer than asked. Goes on after a rename, and after the last name is gone. */
  read(into: Uint8Array, position: number): Promise<number>
  /** DISK-3 Writes all of it at its position, or fails. `truncate` cuts, or extends with zeros. */
  write(bytes: Uint8Array, position: number): Promise<void>
  truncate(length: number): Promise<void>
  stat(): Promise<DiskStat>
  chmod(mode: number): Promise<void>
  /** DISK-9 Whole milliseconds, read back as such; a change of mode leaves the modification time. */
  utimes(atimeMs: number, mtimeMs: number): Promise<void>
  /** Content and size survive a power loss when it resolves; the directory entry does not follow from it. */
  sync(): Promise<void>
  close(): Promise<void>
}

export interface Disk {
  /** DISK-1 'read' and 'write' an existing file (ENOENT); 'create' exclusively (EEXIST). DISK-2 Never follows a symlink in the last component (ELOOP), nor does `lstat`. */
  open(path: string, how: 'read' | 'write' | 'create', mode?: number): Promise<DiskFile>
  /** DISK-8 ENOENT for a component that is missing, ENOTDIR for one that is a file; `readdir` alike. */
  lstat(path: string): Promise<DiskStat>
  /** DISK-10 Names byte for byte; a name beyond the limit of the disk is refused (ENAMETOOLONG). */
  readdir(path: string): Promise<readonly DiskEntry[]>
  mkdir(path: string, mode?: number): Promise<void>
  /** DISK-7 Empty directories only (ENOTEMPTY); `unlink` takes no directory, `mkdir` no occupied name (EEXIST). */
  rmdir(path: string): Promise<void>
  /** DISK-5 POSIX rename: replaces an existing file without a word; what is moved keeps identity and modification time. DISK-6 Never a file over a directory, a directory over a file or over a full directory, or below itself. */
  rename(from: string, to: string): Promise<void>
  /** DISK-4 A second name of the same file; EEXIST when the target is there; EPERM or ENOTSUP on disks without hard links. */
  link(from: string, to: string): Promise<void>
  unlink(path: string): Promise<void>
  chmod(path: string, mode: number): Promise<void>
  utimes(path: string, atimeMs: number, mtimeMs: number): Promise<void>
  /** DISK-12 The entries of a directory survive a power loss when it resolves. Directories are made with the mode asked. */
  syncDirectory(path: string): Promise<void>
}
