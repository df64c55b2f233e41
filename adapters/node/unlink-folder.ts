/**
 * Makes a synced folder an ordinary one again. Removes only what is ours, below `.tidemark/`; the user's files are not
 * touched, and neither is what lies in the trash or half-way through a rename, unless the caller says so.
 */

import { lstat, readdir, rm, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isTidemarkError, TidemarkError } from '../../src/index.js'
import { acquireLock } from '../shared/sql-lock.js'
import type { SqlDriver } from '../shared/sql-open.js'
import type { AccountClient } from '../shared/account-client.js'
import type { TokenSource } from '../shared/http-caller.js'

/** What goes with the link. */
export interface UnlinkOptions {
  /** What was deleted or replaced here and lies in the trash: user data. Default 'keep'. */
  readonly trash?: 'keep' | 'remove'
  /** Ends this device on the server as well, where it can be reached. Leave it out where other folders use the token. */
  readonly device?: { readonly accounts: Pick<AccountClient, 'logout'>; readonly token: TokenSource }
  /** The embedded SQL of the lock. Default 'auto'. */
  readonly sql?: SqlDriver
}

/** What is left of the link. */
export interface UnlinkedFolder {
  /** User data that was left where it lay, below the folder: `.tidemark/trash/…`. Empty: `.tidemark` is gone. */
  readonly kept: readonly string[]
  /** `not-asked`; `ended`, also when the token was worth nothing before; `offline`: it still stands in the list of devices. */
  readonly device: 'not-asked' | 'ended' | 'offline'
}

const OWN = '.tidemark'
const INDEX = 'index.jsonl'

/**
 * No engine may hold the folder. Repeatable: what an interrupted call left, the next one removes.
 * @throws not-found when nothing of ours is in it, locked, root-not-a-directory, io
 */
export async function unlinkFolder(path: string, options: UnlinkOptions = {}): Promise<UnlinkedFolder> {
  const root = resolve(path)
  const own = join(root, OWN)
  await mustBeOurs(root, own)
  const lock = acquireLock(join(own, 'lock'), { subject: root, driver: options.sql ?? 'auto' })
  try {
    const device = await endDevice(options.device)
    const keeps = options.trash === 'remove' ? [] : ['trash']
    const kept = await keptIn(own, [...keeps, 'moving'])
    const full = new Set(kept.map((each) => each.split('/')[1]))
    for (const name of await readdir(own)) {
      if (name !== 'lock' && !full.has(name)) await rm(join(own, name), { recursive: true, force: true })
    }
    return { kept, device }
  } catch (error) {
    throw isTidemarkError(error) ? error : failed(root, error)
  } finally {
    lock.release()
    await rm(join(own, 'lock'), { force: true }).catch(() => undefined)
    // Stays where something is kept in it.
    await rmdir(own).catch(() => undefined)
  }
}

async function mustBeOurs(root: string, own: string): Promise<void> {
  const stat = await lstat(own).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw failed(root, error)
  })
  if (stat === null) {
    const next = 'There is nothing to unlink.'
    throw new TidemarkError('not-found', `${root} is not a synced folder`, { subject: root, next })
  }
  if (stat.isDirectory()) return
  throw new TidemarkError('root-not-a-directory', `${own} is not a directory of ours`, {
    subject: own,
    next: 'Look what it is: it was not made here.',
  })
}

/** Everything that lies in these rooms, but the index, which only tells of it. */
async function keptIn(own: string, rooms: readonly string[]): Promise<readonly string[]> {
  const kept: string[] = []
  for (const room of rooms) {
    const names = await readdir(join(own, room)).catch(() => [])
    for (const name of names.sort()) if (name !== INDEX) kept.push(`${OWN}/${room}/${name}`)
  }
  return kept
}

async function endDevice(device: UnlinkOptions['device']): Promise<UnlinkedFolder['device']> {
  if (device === undefined) return 'not-asked'
  try {
    await device.accounts.logout(device.token)
    return 'ended'
  } catch (error) {
    if (!isTidemarkError(error)) throw error
    if (error.code === 'unauthorized') return 'ended'
    if (error.retryable || error.code === 'offline') return 'offline'
    throw error
  }
}

function failed(root: string, error: unknown): TidemarkError {
  return new TidemarkError('io', `${root} could not be unlinked: ${String(error)}`, {
    subject: root,
    next: 'Check the permissions of its .tidemark, then try again.',
    cause: error,
  })
}
