/** Directories of the private file system of the page's origin (OPFS), one for each subject. */

import type { DirectoryHandle } from '../../../adapters/browser/handles.js'

/** A page and its worker share what they keep. */
const PLACE = typeof document === 'undefined' ? 'worker' : 'page'

let subjects = 0

interface Fresh {
  readonly name: string
  readonly directory: DirectoryHandle
  readonly remove: () => Promise<void>
}

/** A directory of its own, and how it goes away. */
export async function freshDirectory(): Promise<Fresh> {
  subjects += 1
  const name = `subject ${subjects} of a ${PLACE}`
  const origin = await navigator.storage.getDirectory()
  const directory = await origin.getDirectoryHandle(name, { create: true })
  return {
    name,
    directory: directory as unknown as DirectoryHandle,
    remove: () => origin.removeEntry(name, { recursive: true }),
  }
}
