/**
 * The disk seam over a directory handle: OPFS, or a directory that a person picked. No links, no modes, no times to set; a
 * directory is moved file by file. Only one tab at a time may have a folder over it (see `tabLock`): what is exclusive
 * here is so among the calls of one disk.
 */

import type { Disk, DiskEntry, DiskFile, DiskStat } from '../shared/disk.js'
import { isGone } from '../shared/folder-problems.js'
import { fileError, handleError } from './handle-errors.js'
import { copyingFile, type FileGround, readFile, syncFile } from './handle-file.js'
import { HandleIdentities } from './handle-identities.js'
import { HandleMoves } from './handle-moves.js'
import { HandlePaths } from './handle-paths.js'
import type { DirectoryHandle, FileHandle, FileView } from './handles.js'

const encoder = new TextEncoder()

/** Chromium keeps what a page is writing under the name of the file with this behind it, in the same directory. */
const SWAP_FILE = /\.crswap$/

/**
 * `mount`: absolute path at which the directory stands, without a slash at the end. `marker`: name of the directory in it
 * that has to stay for it to count as the same one: a cleared storage is no empty folder.
 */
export function handleDisk(root: DirectoryHandle, mount: string, marker: string): Disk {
  const paths = new HandlePaths(mount, root)
  const identities = new HandleIdentities()
  const moves = new HandleMoves(paths, identities)
  const look = { paths, identities, marker, marked: new Set<string>() }
  const stat = (path: string): Promise<DiskStat> => lookAt(look, path)
  return {
    open: (path, how) => openFile(paths, identities, path, how),
    lstat: stat,
    readdir: (path) => entriesOf(paths, path),
    mkdir: async (path) => {
      if ((await paths.entry(path, 'mkdir')) !== null) throw fileError('EEXIST', 'mkdir', path)
      await inParent(paths, path, 'mkdir', ({ directory, name }) =>
        directory.getDirectoryHandle(name, { create: true }),
      )
    },
    rmdir: async (path) => {
      await paths.directory(path, 'rmdir')
      if ((await paths.entry(path, 'rmdir'))?.kind !== 'directory') throw fileError('ENOTDIR', 'rmdir', path)
      await remove(paths, identities, path, 'rmdir')
    },
    rename: (from, to) => moves.rename(from, to),
    replaceIf: (from, to, seen) => moves.replaceIf(from, to, seen),
    link: async (_from, to) => {
      throw fileError('ENOTSUP', 'link', to)
    },
    unlink: async (path) => {
      await paths.file(path, 'unlink')
      await remove(paths, identities, path, 'unlink')
    },
    chmod: async (path) => {
      await stat(path)
    },
    utimes: async (path) => {
      await stat(path)
    },
    syncDirectory: async (path) => {
      if ((await stat(path)).kind !== 'directory') throw fileError('ENOTDIR', 'fsync', path)
    },
  }
}

interface Ground {
  readonly paths: HandlePaths
  readonly identities: HandleIdentities
  readonly marker: string
  /** Directories that the marker was seen in: from then on, without it, each is another one. */
  readonly marked: Set<string>
}

async function lookAt(ground: Ground, path: string): Promise<DiskStat> {
  const { paths, identities, marker, marked } = ground
  const place = paths.place(path)
  if (place === 'outside') throw fileError('ENOENT', 'lstat', path)
  if (place === 'above') return directoryStat(ABOVE)
  const entry = await paths.entry(path, 'lstat')
  if (entry === null) throw fileError('ENOENT', 'lstat', path)
  if (entry.kind === 'directory') {
    if (path.endsWith(`/${marker}`)) marked.add(path.slice(0, -marker.length - 1))
    return directoryStat(await directoryNumber(ground, path, entry))
  }
  try {
    return fileStat(identities, path, await entry.getFile())
  } catch (error) {
    throw handleError(error, 'lstat', path, 'EISDIR')
  }
}

/** Of what is above the mount: lower than any that is given. */
const ABOVE = 1n

async function directoryNumber(ground: Ground, path: string, directory: DirectoryHandle): Promise<bigint> {
  const { paths, identities, marker, marked } = ground
  if (marked.has(path)) return identities.of((await holds(directory, marker, path)) ? path : `cleared ${path}`)
  // The handle of the mount was given, and has not shown yet that it still leads anywhere.
  if (paths.isMount(path)) await checkListed(directory, path)
  return identities.of(path)
}

async function holds(directory: DirectoryHandle, marker: string, path: string): Promise<boolean> {
  try {
    await directory.getDirectoryHandle(marker)
    return true
  } catch (error) {
    const met = handleError(error, 'lstat', path, 'ENOTDIR')
    if (!isGone(met)) throw met
    return false
  }
}

/** A handle of a directory that is gone cannot list it. Costs as much as it holds: what shows the marker need not be asked. */
async function checkListed(root: DirectoryHandle, path: string): Promise<void> {
  try {
    await root.entries()[Symbol.asyncIterator]().next()
  } catch (error) {
    throw handleError(error, 'lstat', path, 'ENOTDIR')
  }
}

const NEVER = { dev: 1n, nlink: 1n, ctimeNs: 0n, birthtimeNs: 0n }

function directoryStat(ino: bigint): DiskStat {
  return { ...NEVER, kind: 'directory', ino, mode: 0o755, size: 0, mtimeNs: 0n }
}

function fileStat(
  identities: HandleIdentities,
  path: string,
  { size, lastModified }: Pick<FileView, 'size' | 'lastModified'>,
): DiskStat {
  const ino = identities.of(path)
  return { ...NEVER, kind: 'file', ino, mode: 0o644, size, mtimeNs: identities.mtimeNs(path, lastModified) }
}

async function openFile(
  paths: HandlePaths,
  identities: HandleIdentities,
  path: string,
  how: 'read' | 'write' | 'create',
): Promise<DiskFile> {
  const handle = how === 'create' ? await makeFile(paths, identities, path) : await paths.file(path, 'open')
  const ground: FileGround = { path, handle, stat: (view) => fileStat(identities, path, view) }
  if (how === 'read') {
    // A file that cannot be read is told by its opening.
    await handle.getFile().catch((error: unknown) => {
      throw handleError(error, 'open', path, 'EISDIR')
    })
    return readFile(ground)
  }
  return (await syncFile(ground)) ?? copyingFile(ground)
}

async function makeFile(paths: HandlePaths, identities: HandleIdentities, path: string): Promise<FileHandle> {
  if ((await paths.entry(path, 'open')) !== null) throw fileError('EEXIST', 'open', path)
  if (SWAP_FILE.test(path)) throw fileError('EINVAL', 'open', path)
  identities.gone(path)
  return inParent(paths, path, 'open', ({ directory, name }) => directory.getFileHandle(name, { create: true }))
}

async function remove(paths: HandlePaths, identities: HandleIdentities, path: string, call: string): Promise<void> {
  await inParent(paths, path, call, ({ directory, name }) => directory.removeEntry(name))
  paths.forget(path)
  identities.gone(path)
}

async function inParent<T>(
  paths: HandlePaths,
  path: string,
  call: string,
  run: (parent: { readonly directory: DirectoryHandle; readonly name: string }) => Promise<T>,
): Promise<T> {
  const parent = await paths.parent(path, call)
  try {
    return await run(parent)
  } catch (error) {
    throw handleError(error, call, path, 'ENOTDIR')
  }
}

async function entriesOf(paths: HandlePaths, path: string): Promise<readonly DiskEntry[]> {
  if (paths.place(path) === 'above') return []
  const entry = await paths.entry(path, 'readdir')
  if (entry === null) throw fileError('ENOENT', 'readdir', path)
  if (entry.kind === 'file') throw fileError('ENOTDIR', 'readdir', path)
  return (await namesIn(entry, path)).map(([name, { kind }]) => ({ name: encoder.encode(name), kind }))
}

/** All entries, those of writes under way left out. */
async function namesIn(
  directory: DirectoryHandle,
  path: string,
): Promise<readonly [string, FileHandle | DirectoryHandle][]> {
  const entries: [string, FileHandle | DirectoryHandle][] = []
  try {
    for await (const entry of directory.entries()) if (!SWAP_FILE.test(entry[0])) entries.push(entry)
  } catch (error) {
    throw handleError(error, 'readdir', path, 'ENOTDIR')
  }
  return entries
}
