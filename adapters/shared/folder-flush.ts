/** Durability in batches (LOCAL-20): files in parallel, each directory once, entries after the content they name. */

import type { DiskStat } from './disk.js'
import type { FolderGround, Trail } from './folder-ground.js'
import { parentPath } from './folder-names.js'
import { diskCode, diskFailure, isExhausted, isGone, throwIfAborted } from './folder-problems.js'

const PARALLEL = 16
/** Before another try when this process has run out of descriptors. */
const PAUSE_MS = 25

/**
 * Paths that are gone, cannot be reached without a link, or are too long for this disk to hold anything there, are skipped
 * and returned.
 */
export async function flushPaths(
  ground: FolderGround,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const trail: Trail = new Map()
  const files: string[] = []
  const directories = new Set<string>()
  const gone = new Set<string>()
  try {
    for (const path of new Set(paths)) {
      const parent = parentPath(path)
      const isReached = ground.isReachable(path) && (await reaches(ground, parent, trail))
      const stat = isReached ? await look(ground, path) : null
      if (isReached) directories.add(parent)
      if (stat?.kind === 'directory') directories.add(path)
      else if (stat?.kind === 'file') files.push(path)
      else gone.add(path)
    }
    const leave = (path: string): unknown => gone.add(path)
    await inParallel(files, (path) => syncFile(ground, path, leave), signal)
    // Deepest first: a directory's own entry is durable only with its parent.
    const deepestFirst = [...directories].sort((a, b) => b.length - a.length)
    await inParallel(deepestFirst, (path) => syncDirectory(ground, path, leave), signal)
    // With its directory a file is gone from there, too.
    return [...new Set(paths)].filter((path) => gone.has(path) || gone.has(parentPath(path)))
  } catch (error) {
    throw diskFailure('The disk did not confirm a flush', ground.root, error)
  }
}

async function reaches(ground: FolderGround, parent: string, trail: Trail): Promise<boolean> {
  try {
    return (await ground.directory(parent, trail)) !== null
  } catch (error) {
    if (isTooLong(error)) return false
    throw error
  }
}

async function look(ground: FolderGround, path: string): Promise<DiskStat | null> {
  try {
    return await ground.look(ground.absolute(path))
  } catch (error) {
    if (isTooLong(error)) return null
    throw error
  }
}

function isTooLong(error: unknown): boolean {
  return diskCode(error) === 'ENAMETOOLONG'
}

type Leave = (path: string) => unknown

async function syncFile(ground: FolderGround, path: string, leave: Leave): Promise<void> {
  await unlessGone(ground, { path, leave }, async () => {
    const file = await ground.disk.open(ground.absolute(path), 'read')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

async function syncDirectory(ground: FolderGround, path: string, leave: Leave): Promise<void> {
  await unlessGone(ground, { path, leave }, () => ground.disk.syncDirectory(ground.absolute(path)))
}

async function unlessGone(
  ground: FolderGround,
  { path, leave }: { readonly path: string; readonly leave: Leave },
  run: () => Promise<void>,
): Promise<void> {
  for (let left = 8; ; left--) {
    try {
      return await run()
    } catch (error) {
      if (isGone(error)) {
        leave(path)
        return
      }
      if (left === 0 || !isExhausted(error)) throw error
      await ground.clock.sleep(PAUSE_MS)
    }
  }
}

async function inParallel(
  paths: readonly string[],
  run: (path: string) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const queue = paths.values()
  const worker = async (): Promise<void> => {
    for (const path of queue) {
      throwIfAborted(signal)
      await run(path)
    }
  }
  const results = await Promise.allSettled(Array.from({ length: Math.min(PARALLEL, paths.length) }, worker))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}
