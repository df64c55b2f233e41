/** Durability in batches (LOCAL-20): files in parallel, each directory once, entries after the content they name. */

import type { DiskStat } from './disk.js'
import type { FolderGround, Trail } from './folder-ground.js'
import { parentPath } from './folder-names.js'
import { diskCode, diskFailure, isExhausted, isGone, throwIfAborted } from './folder-problems.js'

const PARALLEL = 16
/** Before another try when this process has run out of descriptors. */
const PAUSE_MS = 25

/** Paths that are gone, cannot be reached without a link, or are too long for this disk to hold anything there, are skipped. */
export async function flushPaths(
  ground: FolderGround,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const trail: Trail = new Map()
  const files: string[] = []
  const directories = new Set<string>()
  try {
    for (const path of new Set(paths)) {
      const parent = parentPath(path)
      if (!ground.isReachable(path) || !(await reaches(ground, parent, trail))) continue
      directories.add(parent)
      const stat = await look(ground, path)
      if (stat?.kind === 'directory') directories.add(path)
      if (stat?.kind === 'file') files.push(path)
    }
    await inParallel(files, (path) => syncFile(ground, path), signal)
    // Deepest first: a directory's own entry is durable only with its parent.
    const deepestFirst = [...directories].sort((a, b) => b.length - a.length)
    await inParallel(deepestFirst, (path) => syncDirectory(ground, path), signal)
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

async function syncFile(ground: FolderGround, path: string): Promise<void> {
  await unlessGone(ground, async () => {
    const file = await ground.disk.open(ground.absolute(path), 'read')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  })
}

async function syncDirectory(ground: FolderGround, path: string): Promise<void> {
  await unlessGone(ground, () => ground.disk.syncDirectory(ground.absolute(path)))
}

async function unlessGone(ground: FolderGround, run: () => Promise<void>): Promise<void> {
  for (let left = 8; ; left--) {
    try {
      return await run()
    } catch (error) {
      if (isGone(error)) return
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
