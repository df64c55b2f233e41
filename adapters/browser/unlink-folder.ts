/**
 * Makes a folder of this browser an ordinary one again, or a new one: the next engine over it unites it with the server by
 * path. For a folder whose storage the browser cleared in part, and for an app that lets a user leave.
 */

import { isTidemarkError, TidemarkError } from '../../src/index.js'
import { OWN_NAME } from '../shared/folder-names.js'
import { browserHost } from './indexeddb-host.js'
import { takeNamedLock } from './named-lock.js'
import { forgetState } from './state-databases.js'

/** What goes with the link. */
export interface UnlinkOptions {
  /** What was deleted or replaced here and lies in the trash: user data. Default 'keep'. */
  readonly trash?: 'keep' | 'remove'
  /** The directory, where a person picked it. Default: the one of this name in OPFS. */
  readonly directory?: FileSystemDirectoryHandle
}

/** Rooms of `.tidemark` that hold nothing of a user's. */
const OURS = ['root.json', 'staging']

/**
 * Removes the client database and what is ours in the directory. Files of the user are not touched, nor what lies in the
 * trash or half-way through a rename, unless `trash` says so. No engine may hold the folder. Repeatable.
 * @throws locked, io
 */
export async function unlinkFolder(name: string, options: UnlinkOptions = {}): Promise<void> {
  const lock = await takeNamedLock(globalThis.navigator.locks, `tidemark-folder:${name}`)
  try {
    await forgetState(name, browserHost())
    const directory = options.directory ?? (await originDirectory(name))
    const own = directory === null ? null : await below(directory, OWN_NAME)
    if (own === null) return
    for (const room of options.trash === 'remove' ? [...OURS, 'trash'] : OURS) {
      await own.removeEntry(room, { recursive: true }).catch(unlessMissing)
    }
  } catch (cause) {
    if (isTidemarkError(cause)) throw cause
    const next = 'Close the other tabs of this app, then try again.'
    throw new TidemarkError('io', `"${name}" could not be unlinked: ${String(cause)}`, { subject: name, next, cause })
  } finally {
    await lock.release()
  }
}

async function originDirectory(name: string): Promise<FileSystemDirectoryHandle | null> {
  return below(await navigator.storage.getDirectory(), name)
}

/** Null where there is none. */
async function below(directory: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await directory.getDirectoryHandle(name)
  } catch (error) {
    unlessMissing(error)
    return null
  }
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
}
