/**
 * The part of the File System Access API that is used here, in the shapes that browsers share: the private file system of
 * an origin (OPFS) and directories that a person picked give the same handles. What only some have is optional.
 */

/** A file as its handle shows it at the moment: `slice` reads what stands under its name when it is called. */
export interface FileView {
  readonly size: number
  /** Milliseconds since 1970. */
  readonly lastModified: number
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> }
}

/** Writes to a copy that takes the place of the file at `close`. */
export interface WritableView {
  write(chunk: {
    readonly type: 'write'
    readonly position: number
    readonly data: Uint8Array<ArrayBuffer>
  }): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
  abort(): Promise<void>
}

/** Older browsers answer some of these calls later. */
type NowOrSoon<T> = T | Promise<T>

/** Reads and writes in place, in a worker only. While it is open nothing else may write, move or remove the file. */
export interface SyncAccess {
  read(into: Uint8Array, options: { readonly at: number }): NowOrSoon<number>
  write(bytes: Uint8Array, options: { readonly at: number }): NowOrSoon<number>
  truncate(size: number): NowOrSoon<void>
  getSize(): NowOrSoon<number>
  flush(): NowOrSoon<void>
  close(): NowOrSoon<void>
}

/** A file by its path: it follows the name, not the content. */
export interface FileHandle {
  readonly kind: 'file'
  readonly name: string
  getFile(): Promise<FileView>
  /** `exclusive`: nobody else may write meanwhile; where it is not known, several may, and the last one to close wins. */
  createWritable(options: { readonly keepExistingData: boolean; readonly mode?: 'exclusive' }): Promise<WritableView>
  /** Replaces a file in one step, in OPFS. */
  move?(directory: DirectoryHandle, name: string): Promise<void>
  createSyncAccessHandle?(): Promise<SyncAccess>
}

/** A directory by its path. */
export interface DirectoryHandle {
  readonly kind: 'directory'
  readonly name: string
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<FileHandle>
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<DirectoryHandle>
  removeEntry(name: string): Promise<void>
  entries(): AsyncIterable<[string, FileHandle | DirectoryHandle]>
}
