/**
 * The root itself: may this directory be one, is it the one that is known, and what its disk is worth (LOCAL-8 to 11).
 * A newer format is left untouched. `.tidemark/` is made here, and only here.
 */

import { type DiskTraits, type OpenedRoot, TidemarkError, isReservedName, isTidemarkError } from '../../src/index.js'
import type { DiskStat } from './disk.js'
import type { FolderGround } from './folder-ground.js'
import { OWN_NAME } from './folder-names.js'
import { type KnownTraits, type Probed, probeDisk } from './folder-probe.js'
import { diskCode, diskFailure, isGone, isTaken } from './folder-problems.js'
import { type RootMarker, markerPath, readMarker, sweepMarkers, writeMarker } from './root-marker.js'
import { sameLook, sameObject } from './folder-stamp.js'

/** Held as long as the folder is open. */
export interface FolderLock {
  release(): Promise<void> | void
}

/** Takes the lock of a root, given the absolute path of its `.tidemark` directory. @throws locked */
export type TakeLock = (ownDirectory: string) => Promise<FolderLock> | FolderLock

export interface OpenRoot {
  readonly opened: OpenedRoot
  readonly traits: DiskTraits
  readonly lock: FolderLock | null
}

const ROOMS = ['staging', 'moving', 'trash'] as const

export async function openRoot(
  ground: FolderGround,
  take: TakeLock | null,
  known: KnownTraits,
  reserved: readonly string[] = [],
): Promise<OpenRoot> {
  refuseReserved(ground.root, reserved)
  const root = await inspectRoot(ground)
  await markerOf(ground)
  const own = await ownDirectory(ground, root)
  const lock = take === null ? null : await take(ground.own())
  try {
    const found = await markerOf(ground)
    for (const room of ROOMS) await realDirectory(ground, ground.own(room), own.dev)
    const probed = await probe(ground, known)
    if (lock !== null) await sweepMarkers(ground)
    const marker = found ?? (await writeMarker(ground, { identity: ground.token(), tick: 0 }))
    ground.settle({ root, own, ...probed })
    return { opened: { known: found !== null, ...marker }, traits: probed.traits, lock }
  } catch (error) {
    await lock?.release()
    throw notPrepared(ground, error)
  }
}

/** Whether the root is still the one that was opened (LOCAL-10). A marker that looks as when it was read is not read again. */
export async function checkRoot(ground: FolderGround, identity: string): Promise<void> {
  const root = await inspectRoot(ground)
  if (!sameObject(root, ground.facts.root)) throw replaced(ground.root)
  const look = await markerLook(ground)
  if (look !== null && ground.marker !== null && sameLook(look, ground.marker)) return
  const marker = await markerNow(ground)
  if (marker?.identity !== identity) throw replaced(ground.root)
  ground.marker = look
}

async function markerLook(ground: FolderGround): Promise<DiskStat | null> {
  try {
    return await ground.look(markerPath(ground))
  } catch (error) {
    throw rootFailure(ground.root, error)
  }
}

/** The tick, on this root and no other: a marker of ours in another root would make it count as this one. */
export async function writeTick(ground: FolderGround, identity: string, tick: number): Promise<void> {
  await checkRoot(ground, identity)
  await writeMarker(ground, { identity, tick })
}

/** A marker that says nothing any more is as good as none: it was ours when the root was opened. */
async function markerNow(ground: FolderGround): Promise<RootMarker | null> {
  try {
    return await markerOf(ground)
  } catch (error) {
    if (isTidemarkError(error) && (error.code === 'corrupt' || error.code === 'newer-version')) return null
    throw error
  }
}

async function markerOf(ground: FolderGround): Promise<RootMarker | null> {
  try {
    return await readMarker(ground)
  } catch (error) {
    throw isTidemarkError(error) && error.code === 'io' ? rootFailure(ground.root, error.cause) : error
  }
}

async function inspectRoot(ground: FolderGround): Promise<DiskStat> {
  const { root } = ground
  if (root === '/' || /^[A-Za-z]:[\\/]*$/.test(root))
    throw nested(root, 'is a whole disk and cannot be the root of a sync')
  if (!root.startsWith('/') && !/^[A-Za-z]:/.test(root)) throw nested(root, 'cannot be the root of a sync')
  if (root.split('/').some((part) => isReservedName(part)))
    throw nested(root, `lies inside the ${OWN_NAME} of another root`)
  let stat: DiskStat
  try {
    stat = await ground.disk.lstat(root)
  } catch (error) {
    throw rootFailure(root, error)
  }
  if (stat.kind !== 'directory') {
    const what = stat.kind === 'symlink' ? 'is a symbolic link' : 'is not a directory'
    throw new TidemarkError('root-not-a-directory', `${root} ${what}`, {
      subject: root,
      next: 'Give the directory itself.',
    })
  }
  await refuseInsideRoot(ground)
  return stat
}

/** Neither a reserved directory nor one that contains it: there is more in it than files to sync. */
function refuseReserved(root: string, reserved: readonly string[]): void {
  const met = reserved.find((path) => path === root || path.startsWith(`${root}/`) || path.startsWith(`${root}\\`))
  if (met === undefined) return
  const what = met === root ? 'is the home directory of this user' : `contains the home directory ${met}`
  throw nested(root, `${what}, with keys and settings of this machine`)
}

async function refuseInsideRoot(ground: FolderGround): Promise<void> {
  const parts = ground.root.split('/')
  for (let count = parts.length - 1; count > 0; count--) {
    const above = parts.slice(0, count).join('/')
    try {
      await ground.disk.lstat(`${above}/${OWN_NAME}/root.json`)
    } catch (error) {
      // What cannot be looked into from here is no root of this user.
      if (isGone(error) || diskCode(error) === 'EACCES' || diskCode(error) === 'EPERM') continue
      throw rootFailure(ground.root, error)
    }
    throw nested(ground.root, `lies inside the root ${above === '' ? '/' : above}`)
  }
}

function rootFailure(root: string, error: unknown): TidemarkError {
  if (isGone(error)) {
    const next = 'Bring it back (is its disk mounted?) or give another directory.'
    return new TidemarkError('root-missing', `${root} is not there`, { subject: root, next, cause: error })
  }
  const code = diskCode(error)
  const next = 'Give this user the right to read and write it.'
  return new TidemarkError('root-unreadable', `${root} cannot be read or written (${code})`, {
    subject: root,
    next,
    cause: error,
  })
}

function nested(root: string, why: string): TidemarkError {
  return new TidemarkError('root-nested', `${root} ${why}`, { subject: root, next: 'Choose another directory.' })
}

function replaced(root: string): TidemarkError {
  const next = 'Bring the old directory back, or start the engine anew to look at this one.'
  return new TidemarkError('root-replaced', `${root} is not the directory that was opened`, { subject: root, next })
}

async function ownDirectory(ground: FolderGround, root: DiskStat): Promise<DiskStat> {
  try {
    return await realDirectory(ground, ground.own(), root.dev)
  } catch (error) {
    throw notPrepared(ground, error)
  }
}

function notPrepared(ground: FolderGround, error: unknown): TidemarkError {
  if (error instanceof TidemarkError) return error
  const code = diskCode(error)
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? diskFailure('The root could not be prepared', ground.root, error)
    : rootFailure(ground.root, error)
}

/** Made when absent, private; a link or a mount in its place is refused. */
async function realDirectory(ground: FolderGround, path: string, device: bigint): Promise<DiskStat> {
  if ((await ground.look(path)) === null) {
    try {
      await ground.disk.mkdir(path, 0o700)
    } catch (error) {
      if (!isTaken(error)) throw error
    }
  }
  const stat = await ground.disk.lstat(path)
  if (stat.kind === 'directory' && stat.dev === device) return stat
  throw new TidemarkError('root-unreadable', `${path} is not a directory on the disk of its root`, {
    subject: path,
    next: 'Move it away: the engine keeps its own data there.',
  })
}

async function probe(ground: FolderGround, known: KnownTraits): Promise<Probed> {
  try {
    return await probeDisk(ground.disk, ground.own('staging'), ground.token(), known)
  } catch (error) {
    const code = diskCode(error)
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw rootFailure(ground.root, error)
    throw diskFailure('The root could not be written', ground.root, error)
  }
}
