/** A disk and a state store whose calls are handed to one function first, which may count them, refuse them or never answer. */

import type { Disk, DiskFile } from '../../adapters/shared/disk.js'
import type { StateStore } from '../../src/index.js'

type Run = <T>(call: string, path: string, run: () => Promise<T>) => Promise<T>

export function steppingDisk(disk: Disk, step: Run): Disk {
  return {
    open: (path, how, mode) =>
      step(`open ${how}`, path, async () => steppingFile(await disk.open(path, how, mode), path, step)),
    lstat: (path) => step('lstat', path, () => disk.lstat(path)),
    readdir: (path) => step('readdir', path, () => disk.readdir(path)),
    mkdir: (path, mode) => step('mkdir', path, () => disk.mkdir(path, mode)),
    rmdir: (path) => step('rmdir', path, () => disk.rmdir(path)),
    rename: (from, to) => step('rename', from, () => disk.rename(from, to)),
    link: (from, to) => step('link', to, () => disk.link(from, to)),
    unlink: (path) => step('unlink', path, () => disk.unlink(path)),
    chmod: (path, mode) => step('chmod', path, () => disk.chmod(path, mode)),
    utimes: (path, atimeMs, mtimeMs) => step('utimes', path, () => disk.utimes(path, atimeMs, mtimeMs)),
    syncDirectory: (path) => step('syncDirectory', path, () => disk.syncDirectory(path)),
  }
}

function steppingFile(file: DiskFile, path: string, step: Run): DiskFile {
  return {
    read: (into, position) => step('read', path, () => file.read(into, position)),
    write: (bytes, position) => step('write', path, () => file.write(bytes, position)),
    truncate: (length) => step('truncate', path, () => file.truncate(length)),
    stat: () => step('stat', path, () => file.stat()),
    chmod: (mode) => step('fchmod', path, () => file.chmod(mode)),
    utimes: (atimeMs, mtimeMs) => step('futimes', path, () => file.utimes(atimeMs, mtimeMs)),
    sync: () => step('sync', path, () => file.sync()),
    close: () => file.close(),
  }
}

/** Every batch is a step; reading is none. */
export function steppingStateStore(inner: StateStore, step: <T>(run: () => Promise<T>) => Promise<T>): StateStore {
  return {
    durability: inner.durability,
    open: (options) => inner.open(options),
    openAside: (options) => inner.openAside(options),
    get: (keys) => inner.get(keys),
    range: (prefix, after, limit) => inner.range(prefix, after, limit),
    batch: (puts, deletes) => step(() => inner.batch(puts, deletes)),
    close: () => inner.close(),
  }
}
