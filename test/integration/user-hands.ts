/**
 * What a user or a program does to the files of a synced tree, on a real disk or in memory: the same rows run on both.
 * Paths are below the root with `/`; every call is done when it returns.
 */

import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import type { Volume } from 'memfs'
import { memfsTimes } from '../../adapters/memory/memfs-times.js'

export interface Hands {
  /** In place: the file keeps its inode. Missing directories are made. */
  readonly write: (path: string, content: string | Uint8Array) => void
  readonly append: (path: string, content: string) => void
  /** To nothing, in place. */
  readonly truncate: (path: string) => void
  /** A symbolic link, wherever it points to. */
  readonly symlink: (target: string, path: string) => void
  readonly read: (path: string) => string
  readonly makeDirectory: (path: string) => void
  /** Over an existing file too. */
  readonly rename: (from: string, to: string) => void
  /** With all below it. */
  readonly remove: (path: string) => void
  /** Milliseconds since 1970, fractions allowed. */
  readonly setModified: (path: string, ms: number) => void
  readonly setExecutable: (path: string, executable: boolean) => void
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

export function realHands(root: string): Hands {
  const at = (path: string): string => `${root}/${path}`
  return {
    write: (path, content) => {
      mkdirSync(parentOf(at(path)), { recursive: true })
      writeFileSync(at(path), content)
    },
    append: (path, content) => appendFileSync(at(path), content),
    truncate: (path) => truncateSync(at(path)),
    symlink: (target, path) => symlinkSync(target, at(path)),
    read: (path) => readFileSync(at(path), 'utf8'),
    makeDirectory: (path) => void mkdirSync(at(path), { recursive: true }),
    rename: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => rmSync(at(path), { recursive: true }),
    // As text: Node takes a negative number for a mistake. A hair on top, as doubles of seconds are cut off, not rounded.
    setModified: (path, ms) => utimesSync(at(path), '1', String((ms + 0.001 + Math.abs(ms) * 2 ** -51) / 1000)),
    setExecutable: (path, executable) => chmodSync(at(path), executable ? 0o755 : 0o644),
  }
}

export function memoryHands(volume: Volume, root: string): Hands {
  const at = (path: string): string => `${root}/${path}`
  return {
    write: (path, content) => {
      volume.mkdirSync(parentOf(at(path)), { recursive: true })
      volume.writeFileSync(at(path), content)
    },
    append: (path, content) => volume.appendFileSync(at(path), content),
    truncate: (path) => volume.truncateSync(at(path)),
    symlink: (target, path) => volume.symlinkSync(target, at(path)),
    read: (path) => String(volume.readFileSync(at(path), 'utf8')),
    makeDirectory: (path) => void volume.mkdirSync(at(path), { recursive: true }),
    rename: (from, to) => {
      // memfs leaves the replaced file's inode behind.
      const over = volume.lstatSync(at(to), { throwIfNoEntry: false })
      if (over?.isFile() === true) volume.unlinkSync(at(to))
      volume.renameSync(at(from), at(to))
    },
    remove: (path) => {
      // memfs follows a link here.
      if (volume.lstatSync(at(path)).isDirectory()) volume.rmSync(at(path), { recursive: true })
      else volume.unlinkSync(at(path))
    },
    setModified: (path, ms) =>
      memfsTimes(volume, undefined).setModified(Number(volume.lstatSync(at(path)).ino), Math.floor(ms)),
    setExecutable: (path, executable) => volume.chmodSync(at(path), executable ? 0o755 : 0o644),
  }
}
