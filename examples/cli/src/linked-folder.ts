/** Which workspace a folder belongs to: kept in its `.tidemark/`, which is never synced. */

import { accessSync, constants, mkdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type ErrorCode, type Status, TidemarkError } from 'tidemark'
import { DEFAULT_SETTINGS, type FolderSettings } from './folder-settings.js'
import { isAlive } from './is-alive.js'
import { readPrivate, writePrivate } from './private-file.js'

export interface Link {
  /** Absolute path. */
  readonly folder: string
  readonly workspace: string
  readonly server: string
  readonly settings: FolderSettings
}

/** What a running `watch` said last. */
export interface Watched {
  readonly pid: number
  readonly status: Status
}

const LINK = 'tidemark link'
const WATCH = 'tidemark watch'

/** @throws not-found when the folder is not linked, root-… when it cannot be looked into */
export function readLink(folder: string): Link {
  const root = resolve(folder)
  checkFolder(root)
  const found = readPrivate(join(root, '.tidemark', 'link.json'), LINK)
  if (typeof found?.['workspace'] === 'string' && typeof found['server'] === 'string') {
    const settings = { ...DEFAULT_SETTINGS, ...(found['settings'] as Partial<FolderSettings> | undefined) }
    return { folder: root, workspace: found['workspace'], server: found['server'], settings }
  }
  throw new TidemarkError('not-found', `${root} is not linked to a workspace`, {
    subject: root,
    next: `Run 'tidemark link ${folder} <workspace>'.`,
  })
}

/** Null when it is not linked yet. @throws exists when it is linked elsewhere; io */
export function readLinkTo(link: Omit<Link, 'settings'>): Link | null {
  const known = linkOf(link.folder)
  if (known !== null && (known.workspace !== link.workspace || known.server !== link.server)) {
    throw new TidemarkError('exists', `${link.folder} is linked to '${known.workspace}' at ${known.server} already`, {
      subject: link.folder,
      next: 'Link another folder. One folder belongs to one workspace.',
    })
  }
  return known
}

/** Makes the folder when it is absent. @throws io */
export function writeLink({ folder, workspace, server, settings }: Link): void {
  makeFolder(folder)
  writePrivate(join(folder, '.tidemark', 'link.json'), LINK, { workspace, server, settings })
}

/** Null when no `watch` has told anything here, or when it is gone. */
export function readWatched(folder: string): Watched | null {
  const found = readPrivate(watchPath(folder), WATCH)
  const pid = found?.['pid']
  const status = found?.['status']
  if (typeof pid !== 'number' || typeof status !== 'object' || status === null || !isAlive(pid)) return null
  return { pid, status: status as Status }
}

export function writeWatched(folder: string, watched: Watched): void {
  writePrivate(watchPath(folder), WATCH, { ...watched })
}

export function watchPath(folder: string): string {
  return join(folder, '.tidemark', 'watch.json')
}

/** False also for what is no directory, or cannot be looked into. @throws corrupt, newer-version, io */
export function isLinked(folder: string): boolean {
  try {
    readLink(folder)
    return true
  } catch (error) {
    if (error instanceof TidemarkError && NOT_LINKED.has(error.code)) return false
    throw error
  }
}

const NOT_LINKED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'not-found',
  'root-missing',
  'root-not-a-directory',
  'root-unreadable',
])

function linkOf(folder: string): Link | null {
  try {
    return readLink(folder)
  } catch (error) {
    if (error instanceof TidemarkError && (error.code === 'not-found' || error.code === 'root-missing')) return null
    throw error
  }
}

/** A folder that is away is not one that was never linked: the next step is another. */
function checkFolder(root: string): void {
  let isDirectory: boolean | undefined
  try {
    isDirectory = statSync(root, { throwIfNoEntry: false })?.isDirectory()
    if (isDirectory === true) accessSync(root, constants.R_OK | constants.X_OK)
  } catch (cause) {
    throw new TidemarkError('root-unreadable', `${root} cannot be read`, {
      subject: root,
      next: 'Give this user the right to read and write it.',
      cause,
    })
  }
  if (isDirectory === undefined) {
    throw new TidemarkError('root-missing', `${root} is not there`, {
      subject: root,
      next: 'Bring it back (is its disk mounted?) or give another directory.',
    })
  }
  if (!isDirectory) throw notADirectory(root)
}

function notADirectory(folder: string): TidemarkError {
  return new TidemarkError('root-not-a-directory', `${folder} is not a directory`, {
    subject: folder,
    next: 'Give a directory, or a name that is free.',
  })
}

function makeFolder(folder: string): void {
  const stat = statSync(folder, { throwIfNoEntry: false })
  if (stat !== undefined && !stat.isDirectory()) throw notADirectory(folder)
  mkdirSync(folder, { recursive: true })
}
