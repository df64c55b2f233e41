/**
 * The synced directory on this device. Paths are relative to the root, components joined by `/`, '' is the root.
 * Nothing here decides: each changing call states what it expects to find, does not destroy what it finds instead,
 * and says which it was. Everything of our own lives in `.tidemark/` (or elsewhere) and is never listed.
 */

import type { DiskTraits } from '../model/disk-traits.js'
import type { FileId } from '../model/ids.js'
import type { ChunkRef, ContentRule, Manifest } from '../model/manifest.js'
import type { Digest } from '../model/ids.js'
import type { Expected } from '../model/plan.js'
import type { Problem } from '../model/problem.js'
import type { Stamp } from '../model/stamp.js'

/** What calls on a local store take. */
export interface Options {
  /** Ends the call early: it then fails with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** One entry of a directory, as the disk shows it. Never one of our own. */
export interface DirectoryEntry {
  /** As the disk spells it. For a name that is not valid Unicode: a printable rendering, and `validName` is false. */
  readonly name: string
  /** False: `name` is only a rendering, and nothing can be done under it. */
  readonly validName: boolean
  /** `unreadable`: there is an entry, and the disk does not say what it is. */
  readonly kind: 'file' | 'directory' | 'symlink' | 'special' | 'unreadable'
  /** Of the entry itself: links are not followed. */
  readonly stamp: Stamp
  /** The bit of its owner; false on disks without one. */
  readonly executable: boolean
  /** Another file system is mounted here, or another root lies inside: not to be entered. */
  readonly boundary: 'mount' | 'nested-root' | null
}

/**
 * LOCAL-1 Complete, or unknown: a listing that failed half-way, or of an unreadable directory, is never short. `absent` for
 * what is no directory or is not there; `unknown` with `nested-root` for another root inside, which is not entered.
 */
export type Listing =
  | { readonly state: 'complete'; readonly directory: FileId | null; readonly entries: readonly DirectoryEntry[] }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem }

/** LOCAL-2 `absent` only when the disk said so and every parent is a real directory; never through a symlink. Our own and what is no path is absent. */
export type StatResult =
  | { readonly state: 'present'; readonly entry: DirectoryEntry }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem }

/** LOCAL-3 `read`: these are the bytes the file held at one instant (stat before = stat after), with the stamp of that instant. */
export type Description =
  | {
      readonly state: 'read'
      readonly digest: Digest
      readonly manifest: Manifest
      readonly stamp: Stamp
      readonly executable: boolean
    }
  | { readonly state: 'busy' | 'absent' }
  | { readonly state: 'unknown'; readonly problem: Problem }

/** LOCAL-4 Reading for upload, ranges in the order asked: fails over to `moved` when the file is not the one with this stamp any more, before or after the read, or ends before a range does. */
export type ReadResult =
  | { readonly state: 'read'; readonly parts: readonly Uint8Array[] }
  | { readonly state: 'moved' }
  | { readonly state: 'unknown'; readonly problem: Problem }

/** What became of a change on the disk: nothing is ever destroyed, whichever it is. */
export type Outcome =
  /** The change was made and the parent was found in its place afterwards; the entry as it stands now. */
  | { readonly outcome: 'done'; readonly stamp: Stamp | null }
  /**
   * What stands there is not what was expected, or the name is occupied: nothing was changed, or it was put back. `kept`:
   * it could not be put back, its name being taken by then; it lies in the trash and must become a file of its own.
   */
  | { readonly outcome: 'moved'; readonly kept?: string }
  /** Done, but the place was edited while it happened: the displaced user content lies in the trash under `kept` and must become a file of its own. */
  | { readonly outcome: 'displaced'; readonly stamp: Stamp; readonly kept: string }
  /** A directory that is not empty: what it still holds is not ours to remove. */
  | { readonly outcome: 'not-empty' }
  /** The disk refused. Nothing changed at the place. */
  | { readonly outcome: 'failed'; readonly problem: Problem }

/** User content that a replace pushed aside: it lies in the trash under `kept` and must become a file of its own. */
export interface KeptContent {
  /** Where it stood. */
  readonly path: string
  /** Its name in the trash, for `restoreKept`; null: nothing of it was kept, and nothing was there to be flushed. */
  readonly kept: string | null
}

/** Where an entry is to stand, and the directory that must be there to hold it (null file id: unchecked beyond being a real directory). */
export interface Target {
  /** Below the root, with `/`. */
  readonly path: string
  /** File id of the directory that holds it. */
  readonly parent: FileId | null
}

/** A place in a file of the tree. */
export interface FilePlace {
  /** Below the root, with `/`. */
  readonly path: string
  /** Of the file, as it was observed. */
  readonly stamp: Stamp
  /** In bytes. */
  readonly offset: number
}

/** A file that is being written beside the tree, and not in it yet. Closed by `finish`, `suspend` or `discard`. */
export interface StagedFile {
  /** Bytes written so far from the start without a gap, in a resumed stage. */
  readonly written: number
  /** LOCAL-5 Appends. */
  write(bytes: Uint8Array, options?: Options): Promise<void>
  /**
   * LOCAL-24 Appends chunks that a file of the tree holds one behind the other from `offset` on, each as long as its bytes
   * are those of its digest, and says how many: fewer when the file is not the one with this stamp, cannot be read, or holds
   * something else there. Off the caller's thread where the store can.
   */
  copy(source: FilePlace, chunks: readonly ChunkRef[], options?: Options): Promise<number>
  /** What was written, to be used as a source of chunks. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** LOCAL-6 Cuts back to a length (a torn tail of a resumed stage). */
  truncate(length: number): Promise<void>
  /** LOCAL-7 Sets times and mode, closes (calls after it fail with `closed`); the returned file id is that of the file once it is in place. */
  finish(attributes: {
    readonly modifiedAt: number
    readonly executable: boolean
  }): Promise<{ readonly fileId: FileId | null }>
  /** Closes and keeps it for a later resume. */
  suspend(): Promise<void>
  /** Closes and removes. */
  discard(): Promise<void>
}

/** What an opened root says of itself. */
export interface OpenedRoot {
  /** False when this directory was never a root before. */
  readonly known: boolean
  /** Identity marker, 32 hex digits: compared with the one in the state store. */
  readonly identity: string
  /** Grows with every clean stop; one below the state store's means the content was rolled back. */
  readonly tick: number
}

/** A synced directory: the contract of its adapters, in numbered rules. */
export interface LocalStore {
  /** LOCAL-8 Takes the lock of the root (`locked`), checks it (`root-missing`, `root-not-a-directory`, also for a link, `root-unreadable`, `root-nested`), makes the identity on first use. May be opened again once closed. LOCAL-9 A newer format is refused untouched (`newer-version`). */
  open(options?: Options): Promise<OpenedRoot>
  /** Valid after open. */
  readonly traits: DiskTraits
  /** LOCAL-10 Whether the root is still the directory that was opened; throws the codes of open when not, `root-replaced` for another one: nothing is listed or changed in that. */
  check(options?: Options): Promise<void>
  /** LOCAL-11 Writes the tick durably; on another root than the one that was opened it writes nothing and throws as `check`. */
  setTick(tick: number): Promise<void>
  /** The entries of one directory: see LOCAL-1. */
  list(path: string, options?: Options): Promise<Listing>
  /** LOCAL-12 Many directories at once, results in the order asked, each once; the whole subtree below each when `deep`. Keys are paths. */
  scan(paths: readonly string[], options: Options & { readonly deep: boolean }): Promise<ReadonlyMap<string, Listing>>
  /** One entry: see LOCAL-2. */
  stat(path: string, options?: Options): Promise<StatResult>
  /** Chunk and hash a file, off the caller's thread where the store can. */
  describe(path: string, rule: ContentRule, options?: Options): Promise<Description>
  /** Ranges of a file, in bytes, all of one instant: see LOCAL-4. */
  read(
    path: string,
    expected: Stamp,
    ranges: readonly { readonly offset: number; readonly length: number }[],
    options?: Options,
  ): Promise<ReadResult>
  /** LOCAL-13 Opens a staged file by name (1–64 characters a–z 0–9 -, else `internal`), resuming what a broken run left when `resume`. */
  stage(name: string, options?: Options & { readonly resume?: boolean }): Promise<StagedFile>
  /** LOCAL-14 Removes all staged files but the named ones. Never touches `moving` or the trash. */
  clearStaging(keep: readonly string[]): Promise<void>

  /** LOCAL-15 A finished staged file to a free place; `moved` when the place is occupied, its parent is not there or another one, or nothing is staged. Here as in every change a path that may not be written is a problem `unwritable-name`, and a fired signal `aborted`. */
  create(staged: string, to: Target, options?: Options): Promise<Outcome>
  /** A directory at a free place; `moved` when the place is occupied. */
  makeDirectory(to: Target, options?: Options): Promise<Outcome>
  /** LOCAL-16 Replaces atomically; the old content is kept until it is known to be the expected one. `hot`: the lossless order of SPEC 4. */
  replaceIf(
    staged: string,
    to: Target,
    expected: Expected,
    options?: Options & { readonly hot?: boolean },
  ): Promise<Outcome>
  /** LOCAL-17 Renames a file or directory to a free place. A case-only or normalisation twin of itself counts as free. */
  moveIf(from: Target, to: Target, expected: Expected, options?: Options): Promise<Outcome>
  /** LOCAL-18 Out of the tree, under a free token (1–64 characters a–z 0–9 -, else `internal`); user data, never swept, there for the next store. `attach` puts it to a free place. */
  detachIf(from: Target, token: string, expected: Expected, options?: Options): Promise<Outcome>
  /** What was detached under the token, to a free place; `moved` when the place is occupied. */
  attach(token: string, to: Target, options?: Options): Promise<Outcome>
  /** Tokens lying in `moving`. */
  detached(): Promise<readonly { readonly token: string; readonly stamp: Stamp; readonly kind: 'file' | 'directory' }[]>
  /**
   * LOCAL-19 A file goes to the trash, for 30 days; a directory goes only when it is empty (`not-empty`). `restoreKept` puts it to a free place, and fails with `internal` for what is no name of the trash.
   * LOCAL-23 With `keep: false` a file is not kept: as a replaced content (LOCAL-16, also `hot`) it waits for the flush of its path, and is gone after it unless somebody wrote to it.
   */
  removeIf(
    from: Target,
    expected: Expected,
    options?: Options & { readonly keep?: boolean; readonly hot?: boolean },
  ): Promise<Outcome>
  /** A displaced file back into the tree, at a free place. */
  restoreKept(kept: string, to: Target): Promise<Outcome>
  /**
   * LOCAL-22 What lies in the trash, with the stamp it has now: tells after a crash what a broken step had in its hands.
   * `isElsewhere`: the same file has a name outside the trash as well, so that nothing of it is missed.
   */
  kept(): Promise<readonly { readonly kept: string; readonly stamp: Stamp; readonly isElsewhere: boolean }[]>
  /** Sets or clears the owner's executable bit; `moved` when the file is not the expected one. */
  setExecutableIf(at: Target, expected: Expected, executable: boolean): Promise<Outcome>
  /**
   * LOCAL-20 When it resolves, content and directory entries of these paths survive a power loss. Paths at which nothing
   * can be flushed are skipped and returned, with `kept: null`: what was put there may be elsewhere by now. Replaced contents of these paths are looked at once more: those written to since are returned, as `displaced`.
   * Where a program can hold a file open, one that was replaced `hot` is kept for 2 s at least and looked at by each flush
   * of its path: a write may still come.
   */
  flush(paths: readonly string[], options?: Options): Promise<readonly KeptContent[]>
  /** LOCAL-21 Idempotent; releases the lock. Calls before open and after close fail with `closed`. */
  close(): Promise<void>
}
