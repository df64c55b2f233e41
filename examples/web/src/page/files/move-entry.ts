/**
 * Another name for a file or a directory. A browser moves one file at a time: a directory is made anew and its files
 * follow, so that whatever stops on the way leaves each of them whole in one of the two.
 */

import { TidemarkError } from 'tidemark'
import { isFilled, isMissing } from './file-trouble.js'
import { directoryAt, handleAt, madeDirectory, type MovableFile } from './handles.js'
import { joined, nameOf, parentOf } from './paths.js'
import { whenFree } from './when-free.js'

/** What comes in while a directory is moved is moved in the next round. */
const ROUNDS = 5

export async function moveEntry(workspace: string, from: string, to: string): Promise<void> {
  const source = await handleAt(workspace, from)
  if (source === null)
    throw new TidemarkError('not-found', `'${from}' is not there any more`, { next: 'Look where it is by now.' })
  if (source.kind === 'directory') await moveDirectory(workspace, source, from, to)
  else await moveFile(workspace, source, from, to)
}

async function moveFile(workspace: string, source: MovableFile, from: string, to: string): Promise<void> {
  const directory = await madeDirectory(workspace, parentOf(to))
  if (source.move === undefined) return copyFile(workspace, source, from, directory, nameOf(to))
  await whenFree(from, async () => source.move?.(directory, nameOf(to)))
}

/** The old one goes when the new one is whole, and only when nobody wrote to it meanwhile. */
async function copyFile(
  workspace: string,
  source: FileSystemFileHandle,
  from: string,
  directory: FileSystemDirectoryHandle,
  name: string,
): Promise<void> {
  const before = await source.getFile()
  const into = await (await directory.getFileHandle(name, { create: true })).createWritable()
  await before.stream().pipeTo(into)
  const after = await source.getFile()
  if (after.lastModified !== before.lastModified || after.size !== before.size)
    throw new TidemarkError('busy', `'${from}' was written to while it was copied: it stands under both names`, {
      next: 'Keep the one that is right.',
    })
  const parent = await directoryAt(workspace, parentOf(from))
  await whenFree(from, async () => parent?.removeEntry(nameOf(from)))
}

async function moveDirectory(
  workspace: string,
  source: FileSystemDirectoryHandle,
  from: string,
  to: string,
): Promise<void> {
  const parent = await directoryAt(workspace, parentOf(from))
  for (let left = ROUNDS; ; left--) {
    await madeDirectory(workspace, to)
    const entries: [string, FileSystemHandle][] = []
    for await (const entry of source.entries()) entries.push(entry)
    for (const [name] of entries) await moveEntry(workspace, joined(from, name), joined(to, name)).catch(unlessGone)
    try {
      // Without `recursive`: what is in it by now is not taken away.
      await whenFree(from, async () => parent?.removeEntry(nameOf(from)))
      return
    } catch (error) {
      if (!isFilled(error) || left === 0) throw error
    }
  }
}

function unlessGone(error: unknown): void {
  if (!isMissing(error) && !(error instanceof TidemarkError && error.code === 'not-found')) throw error
}
