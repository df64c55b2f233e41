/** Handles of the app's directory in the private file system of the origin (OPFS), found by path. */

import { isMissing, isOtherKind } from './file-trouble.js'
import { nameOf, parentOf } from './paths.js'

/** What some browsers have beyond the declarations. */
export type MovableFile = FileSystemFileHandle & {
  move?(directory: FileSystemDirectoryHandle, name: string): Promise<void>
}

export type Handle = FileSystemDirectoryHandle | MovableFile

/** Null: nothing of this kind is there. */
export async function directoryAt(workspace: string, path: string): Promise<FileSystemDirectoryHandle | null> {
  return orNull(async () => walk(workspace, path, false))
}

/** Made with all above it when it is not there. */
export async function madeDirectory(workspace: string, path: string): Promise<FileSystemDirectoryHandle> {
  return walk(workspace, path, true)
}

/** Null: no file is there. */
export async function fileAt(workspace: string, path: string): Promise<MovableFile | null> {
  const directory = await directoryAt(workspace, parentOf(path))
  return directory === null ? null : orNull(async () => directory.getFileHandle(nameOf(path)))
}

/** Null: nothing is there. */
export async function handleAt(workspace: string, path: string): Promise<Handle | null> {
  return (await fileAt(workspace, path)) ?? directoryAt(workspace, path)
}

async function walk(workspace: string, path: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  const origin = await navigator.storage.getDirectory()
  let at = await origin.getDirectoryHandle(workspace, { create })
  for (const name of path === '' ? [] : path.split('/')) at = await at.getDirectoryHandle(name, { create })
  return at
}

async function orNull<T>(run: () => Promise<T>): Promise<T | null> {
  try {
    return await run()
  } catch (error) {
    if (isMissing(error) || isOtherKind(error)) return null
    throw error
  }
}
