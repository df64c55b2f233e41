/** Open files over handles: read by name; written in place in a worker, elsewhere in a copy that takes the place. */

import type { DiskFile, DiskStat } from '../shared/disk.js'
import { fileError, handleError } from './handle-errors.js'
import type { FileHandle, FileView, SyncAccess, WritableView } from './handles.js'

/** What an open file needs of its disk. */
export interface FileGround {
  readonly path: string
  readonly handle: FileHandle
  readonly stat: (view: Pick<FileView, 'size' | 'lastModified'>) => DiskStat
}

/** Neither modes nor times can be set here. */
const FIXED = { chmod: async (): Promise<void> => {}, utimes: async (): Promise<void> => {} }

/**
 * For reading alone: nothing is locked, so the app can write meanwhile. A handle follows the name, so that after a rename
 * the file is gone for its reader; whoever reads looks at the file before and after.
 */
export function readFile(ground: FileGround): DiskFile {
  const refuse = async (): Promise<never> => {
    throw fileError('EBADF', 'write', ground.path)
  }
  return {
    ...FIXED,
    read: (into, position) => readView(ground, into, position),
    write: refuse,
    truncate: refuse,
    stat: () => statOf(ground),
    sync: async () => {},
    close: async () => {},
  }
}

/** Null where the browser has none for this file. While it is open nobody else may write, move or remove it. */
export async function syncFile(ground: FileGround): Promise<DiskFile | null> {
  const access = await syncAccess(ground)
  if (access === null) return null
  const attempt = <T>(call: string, run: () => T | Promise<T>): Promise<T> => attemptOn(ground, call, run)
  const flush = (): void | Promise<void> => access.flush()
  return {
    ...FIXED,
    read: (into, position) => attempt('read', () => access.read(into, { at: position })),
    write: (bytes, position) => attempt('write', () => writeFully(ground, access, bytes, position)),
    truncate: (length) =>
      attempt('truncate', async () => {
        await access.truncate(length)
        if ((await access.getSize()) !== length) throw fileError('ENOSPC', 'truncate', ground.path)
      }),
    stat: async () => {
      await attempt('fsync', flush)
      return statOf(ground)
    },
    sync: () => attempt('fsync', flush),
    close: () =>
      attempt('close', async () => {
        try {
          await access.flush()
        } finally {
          await access.close()
        }
      }),
  }
}

async function syncAccess({ handle, path }: FileGround): Promise<SyncAccess | null> {
  if (handle.createSyncAccessHandle === undefined) return null
  try {
    return await handle.createSyncAccessHandle()
  } catch (error) {
    // A directory that a person picked has none.
    if (error instanceof Error && error.name === 'InvalidStateError') return null
    throw handleError(error, 'open', path, 'EISDIR')
  }
}

async function writeFully(ground: FileGround, access: SyncAccess, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const rest = bytes.subarray(done)
    const count = await access.write(rest, { at: position + done })
    // Where storage is full, a private window of Chromium throws nothing: it says that it wrote more than it was given.
    if (!(count > 0 && count <= rest.byteLength)) throw fileError('ENOSPC', 'write', ground.path)
    done += count
  }
}

/** What was written is there once it is read, looked at, flushed or closed: each of them ends the copy, the next write begins another. */
export function copyingFile(ground: FileGround): DiskFile {
  let copy: WritableView | null = null
  const attempt = <T>(call: string, run: () => Promise<T>): Promise<T> => attemptOn(ground, call, run)
  const open = async (): Promise<WritableView> =>
    (copy ??= await ground.handle.createWritable({ keepExistingData: true }))
  /** A stream that failed is good for nothing any more, not even to be closed. */
  const change = (call: string, run: (into: WritableView) => Promise<void>): Promise<void> =>
    attempt(call, async () => {
      const into = await open()
      try {
        await run(into)
      } catch (error) {
        copy = null
        await into.abort().catch(() => undefined)
        throw error
      }
    })
  const settle = async (): Promise<void> => {
    const done = copy
    copy = null
    await attempt('fsync', async () => done?.close())
  }
  return {
    ...FIXED,
    read: async (into, position) => {
      await settle()
      return readView(ground, into, position)
    },
    // The stream may hold on to what it is given, and its writer to what it gave.
    write: (bytes, position) => change('write', (into) => into.write({ type: 'write', position, data: bytes.slice() })),
    truncate: (length) => change('truncate', (into) => into.truncate(length)),
    stat: async () => {
      await settle()
      return statOf(ground)
    },
    sync: settle,
    close: settle,
  }
}

async function attemptOn<T>(ground: FileGround, call: string, run: () => Promise<T> | T): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw handleError(error, call, ground.path, 'EISDIR')
  }
}

async function statOf(ground: FileGround): Promise<DiskStat> {
  return ground.stat(await attemptOn(ground, 'stat', () => ground.handle.getFile()))
}

function readView(ground: FileGround, into: Uint8Array, position: number): Promise<number> {
  return attemptOn(ground, 'read', async () => {
    const view = await ground.handle.getFile()
    const end = Math.min(view.size, position + into.byteLength)
    if (end <= position) return 0
    const bytes = await view.slice(position, end).arrayBuffer()
    into.set(new Uint8Array(bytes))
    return bytes.byteLength
  })
}
