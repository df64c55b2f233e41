/** The hands of a user on a tree that stands on a `Disk`, and a disk that tells each of its calls before it makes it. */

import type { Disk, DiskFile } from '../../adapters/shared/disk.js'
import { codeOf } from './assertion.js'
import type { LocalHands, LocalStoreOptions } from './local-store.subject.js'

/** Hands below `root`, through the disk but past the store. What the disk has no call for is given in `more`. */
export function diskHands(
  disk: Disk,
  root: string,
  more: Pick<LocalHands, 'symlink' | 'special' | 'invalidName'>,
): LocalHands {
  const full = (path: string): string => (path === '' ? root : `${root}/${path}`)
  const there = async (path: string): Promise<boolean> => (await codeOf(() => disk.lstat(full(path)))) === undefined
  return {
    ...more,
    write: async (path, text) => {
      const isThere = await there(path)
      const file = await disk.open(full(path), isThere ? 'write' : 'create', 0o644)
      try {
        if (isThere) await file.truncate(0)
        await file.write(new TextEncoder().encode(text), 0)
      } finally {
        await file.close()
      }
    },
    read: async (path) => ((await there(path)) ? readText(disk, full(path)) : null),
    kind: async (path) => ((await there(path)) ? (await disk.lstat(full(path))).kind : null),
    names: async (path) => (await disk.readdir(full(path))).map((entry) => new TextDecoder().decode(entry.name)),
    mkdir: (path) => disk.mkdir(full(path)),
    rmdir: (path) => disk.rmdir(full(path)),
    unlink: (path) => disk.unlink(full(path)),
    rename: (from, to) => disk.rename(full(from), full(to)),
    touch: (path, ms) => disk.utimes(full(path), ms, ms),
    chmod: (path, mode) => disk.chmod(full(path), mode),
    mode: async (path) => (await disk.lstat(full(path))).mode & 0o7777,
    link: (from, to) => disk.link(full(from), full(to)),
    links: async (path) => Number((await disk.lstat(full(path))).nlink),
    hold: async (path) => {
      const file = await disk.open(full(path), 'write')
      return { write: (text) => file.write(new TextEncoder().encode(text), 0), close: () => file.close() }
    },
  }
}

async function readText(disk: Disk, path: string): Promise<string> {
  const file = await disk.open(path, 'read')
  try {
    const buffer = new Uint8Array((await file.stat()).size)
    let length = 0
    while (length < buffer.length) length += await file.read(buffer.subarray(length), length)
    return new TextDecoder().decode(buffer)
  } finally {
    await file.close()
  }
}

/** Awaits `before` ahead of each call. Calls on open files are not told. */
export function interrupted(disk: Disk, before: NonNullable<LocalStoreOptions['before']>): Disk {
  const wrap = <A extends readonly unknown[], R>(call: string, run: (...args: A) => Promise<R>) => {
    return async (...args: A): Promise<R> => {
      const paths = args.filter((argument) => typeof argument === 'string')
      const swaps = call === 'rename' && /\/staging\/[^/]+$/.test(paths[0] ?? '')
      await before({ name: [call, ...paths].join(' '), swaps })
      return run(...args)
    }
  }
  const open = wrap('open', disk.open.bind(disk))
  /** What an open file says is a step, too: what stands behind its name may change between two of them. */
  const asking = (file: DiskFile): DiskFile => ({
    read: wrap('read', file.read.bind(file)),
    stat: wrap('stat', file.stat.bind(file)),
    write: file.write.bind(file),
    truncate: file.truncate.bind(file),
    chmod: file.chmod.bind(file),
    utimes: file.utimes.bind(file),
    sync: file.sync.bind(file),
    close: file.close.bind(file),
  })
  return {
    open: async (...args) => asking(await open(...args)),
    lstat: wrap('lstat', disk.lstat.bind(disk)),
    readdir: wrap('readdir', disk.readdir.bind(disk)),
    mkdir: wrap('mkdir', disk.mkdir.bind(disk)),
    rmdir: wrap('rmdir', disk.rmdir.bind(disk)),
    rename: wrap('rename', disk.rename.bind(disk)),
    ...(disk.replaceIf === undefined ? {} : { replaceIf: wrap('replaceIf', disk.replaceIf.bind(disk)) }),
    link: wrap('link', disk.link.bind(disk)),
    unlink: wrap('unlink', disk.unlink.bind(disk)),
    chmod: wrap('chmod', disk.chmod.bind(disk)),
    utimes: wrap('utimes', disk.utimes.bind(disk)),
    syncDirectory: wrap('syncDirectory', disk.syncDirectory.bind(disk)),
  }
}
