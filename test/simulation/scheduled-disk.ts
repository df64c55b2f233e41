/**
 * A disk on which every call takes its turn: the seeded scheduler may let time pass before it, so that a user's edit, a
 * crash or another device comes between any two calls. After `kill` no call is ever carried out or answered again.
 */

import type { Disk, DiskFile } from '../../adapters/shared/disk.js'

export interface Turns {
  /** Resolves when it is this call's turn. */
  take(): Promise<void>
  dead: boolean
}

/** One for each caller: a promise that never settles keeps all who ever waited for it. */
const never = (): Promise<never> => new Promise(() => undefined)

export function scheduledDisk(disk: Disk, turns: Turns): Disk {
  async function turn<T>(call: () => Promise<T>): Promise<T> {
    await turns.take()
    if (turns.dead) return never()
    const result = await call()
    return turns.dead ? never() : result
  }
  /** A look and the rename that follows it count as one step: no host has a rename that compares (INV-18 as worded). */
  async function atOnce<T>(call: () => Promise<T>): Promise<T> {
    return turns.dead ? never() : call()
  }
  return {
    open: (path, how, mode) => turn(async () => scheduledFile(await disk.open(path, how, mode), turn)),
    lstat: (path) => turn(() => disk.lstat(path)),
    readdir: (path) => turn(() => disk.readdir(path)),
    mkdir: (path, mode) => turn(() => disk.mkdir(path, mode)),
    rmdir: (path) => turn(() => disk.rmdir(path)),
    rename: (from, to) => atOnce(() => disk.rename(from, to)),
    link: (from, to) => turn(() => disk.link(from, to)),
    unlink: (path) => turn(() => disk.unlink(path)),
    chmod: (path, mode) => turn(() => disk.chmod(path, mode)),
    utimes: (path, atimeMs, mtimeMs) => turn(() => disk.utimes(path, atimeMs, mtimeMs)),
    syncDirectory: (path) => turn(() => disk.syncDirectory(path)),
  }
}

function scheduledFile(file: DiskFile, turn: <T>(call: () => Promise<T>) => Promise<T>): DiskFile {
  return {
    read: (into, position) => turn(() => file.read(into, position)),
    write: (bytes, position) => turn(() => file.write(bytes, position)),
    truncate: (length) => turn(() => file.truncate(length)),
    stat: () => turn(() => file.stat()),
    chmod: (mode) => turn(() => file.chmod(mode)),
    utimes: (atimeMs, mtimeMs) => turn(() => file.utimes(atimeMs, mtimeMs)),
    sync: () => turn(() => file.sync()),
    close: () => turn(() => file.close()),
  }
}
