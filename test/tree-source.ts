/**
 * A tree to be looked at by tests, wherever it lies: a directory of this machine, or one in a volume in memory. Paths are
 * given byte for byte, as latin1 text with `/` between the names and '' for the top; nothing is followed or changed.
 */

import {
  type BigIntStats,
  closeSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import type { Volume } from 'memfs'
import { memfsTimes } from '../adapters/memory/memfs-times.js'

export type EntryKind = 'file' | 'directory' | 'symlink' | 'special'

export interface EntryLook {
  readonly kind: EntryKind
  readonly size: number
  readonly mtimeNs: bigint
  readonly executable: boolean
}

export interface TreeSource {
  /** Names in a directory, each as latin1 text of its bytes. */
  names(path: string): readonly string[]
  look(path: string): EntryLook
  /** Fills `into` from a position on; fewer bytes only at the end of the file. */
  read(path: string, position: number, into: Buffer): number
  target(path: string): string
}

/** What a person would read. */
export function readable(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}

export function bytesOf(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1')
}

/** A directory of this machine. */
export function directorySource(root: string): TreeSource {
  const absolute = (path: string): Buffer =>
    Buffer.concat([Buffer.from(path === '' ? root : `${root}/`, 'utf8'), Buffer.from(path, 'latin1')])
  return {
    names: (path) => readdirSync(absolute(path), { encoding: 'buffer' }).map((name) => name.toString('latin1')),
    look: (path) => lookOf(lstatSync(absolute(path), { bigint: true })),
    read: (path, position, into) => {
      const file = openSync(absolute(path), 'r')
      try {
        if (!fstatSync(file).isFile()) throw new Error(`${readable(path)} is no file any more`)
        let done = 0
        while (done < into.length) {
          const count = readSync(file, into, done, into.length - done, position + done)
          if (count === 0) break
          done += count
        }
        return done
      } finally {
        closeSync(file)
      }
    },
    target: (path) => readlinkSync(absolute(path), { encoding: 'buffer' }).toString('latin1'),
  }
}

function lookOf(stats: BigIntStats): EntryLook {
  return {
    kind: kindOf(stats),
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    executable: (stats.mode & 0o100n) !== 0n,
  }
}

function kindOf(stats: { isFile(): boolean; isDirectory(): boolean; isSymbolicLink(): boolean }): EntryKind {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'special'
}

/** A directory of a memfs volume, with the times that the disk over it tells. */
export function volumeSource(volume: Volume, root: string): TreeSource {
  const absolute = (path: string): string => (path === '' ? root : `${root}/${readable(path)}`)
  return {
    names: (path) => (volume.readdirSync(absolute(path)) as string[]).map(bytesOf),
    look: (path) => {
      const stats = volume.lstatSync(absolute(path))
      const { mtimeNs } = memfsTimes(volume, undefined).of(Number(stats.ino))
      const executable = (Number(stats.mode) & 0o100) !== 0
      return { kind: kindOf(stats), size: Number(stats.size), mtimeNs, executable }
    },
    read: (path, position, into) => {
      const content = Buffer.from(volume.readFileSync(absolute(path)) as Uint8Array)
      return content.copy(into, 0, position, position + into.length)
    },
    target: (path) => bytesOf(String(volume.readlinkSync(absolute(path)))),
  }
}
