/** New things in the workspace: notes, folders, and files from elsewhere on this device. */

import { nameTrouble, TidemarkError } from 'tidemark'
import { joined, parentOf } from '../files/paths.js'
import type { OpenWorkspace } from './open-workspace.js'

/** @throws invalid with the reason for a person */
export function checkName(name: string): void {
  const trouble = /\.crswap$/.test(name) ? 'is one the browser uses itself while it writes' : nameTrouble(name)
  if (trouble !== null) throw new TidemarkError('invalid', `This name ${trouble}`, { next: 'Choose another name.' })
}

/** Where new things go: the selected directory, or the one of the selected file. */
export function directoryForNew({ open }: OpenWorkspace): string {
  const { value } = open.opened
  if (value === null) return ''
  return value.kind === 'directory' ? value.path : parentOf(value.path)
}

/** Returns its path. @throws invalid, exists, no-space */
export async function createNote({ files }: OpenWorkspace, directory: string, name: string): Promise<string> {
  checkName(name)
  const path = joined(directory, name)
  await files.create(path, new Uint8Array())
  return path
}

/** Returns its path. @throws invalid, exists */
export async function createFolder({ files }: OpenWorkspace, directory: string, name: string): Promise<string> {
  checkName(name)
  const path = joined(directory, name)
  await files.makeDirectory(path)
  return path
}

/** Returns its new path. @throws invalid, exists, busy and what the disk says */
export async function renamePath(workspace: OpenWorkspace, path: string, name: string): Promise<string> {
  checkName(name)
  const to = joined(parentOf(path), name)
  if (to === path) return path
  await workspace.settle()
  const wasExpanded = workspace.tree.isExpanded(path)
  await workspace.files.rename(path, to)
  await workspace.open.follow(path, to)
  if (wasExpanded) await workspace.tree.expand(to)
  return to
}

/** Under names of their own: nothing that is there is replaced. */
export async function addFiles(workspace: OpenWorkspace, directory: string, given: readonly File[]): Promise<void> {
  const { files, notices } = workspace
  const added: string[] = []
  for (const file of given) {
    try {
      checkName(file.name)
      added.push(await files.createBeside(directory, file.name, file))
    } catch (error) {
      notices.trouble(error)
    }
  }
  const [only] = added
  if (only === undefined) return
  notices.tell(added.length === 1 ? `${only} is added.` : `${added.length} files are added.`)
  if (added.length === 1) await workspace.select(only)
  else await workspace.tree.reveal(only)
}
