/** What stands on directory handles, over the private file system of the page's origin (OPFS). */

import { browserFolder } from '../../../adapters/browser/browser-folder.js'
import { handleDisk } from '../../../adapters/browser/handle-disk.js'
import { HANDLE_MANNER, HANDLE_TRAITS } from '../../../adapters/browser/handle-store.js'
import type { DirectoryHandle } from '../../../adapters/browser/handles.js'
import type { Disk } from '../../../adapters/shared/disk.js'
import { diskScanner } from '../../../adapters/shared/disk-scan.js'
import { toHex } from '../../../src/index.js'
import { diskHands } from '../../conformance/disk-hands.js'
import type { LocalHands } from '../../conformance/local-store.subject.js'
import type { AdapterOf } from '../../conformance/suites.js'
import { BASE, folderSubject, NEWER_MARKER, ROOT } from './folder-subject.js'
import { freshDirectory } from './fresh-directory.js'

const MARKER = '.tidemark'

export const handleDiskIn = (place: 'page' | 'worker'): AdapterOf<'Disk'> => ({
  name: `handleDisk on OPFS in a ${place}`,
  capabilities: ['replaceIf'],
  make: async () => {
    const { directory, remove } = await freshDirectory()
    return { disk: handleDisk(directory, '/root', MARKER), directory: '/root', dispose: remove }
  },
})

/** All that goes by names: nobody holds a file. */
function namedHands(disk: Disk): LocalHands {
  const { hold: _, ...hands } = diskHands(disk, ROOT, {})
  return hands
}

/** Step by step, with user's hands in between. */
export const HANDLE_FOLDER: AdapterOf<'LocalStore'> = {
  name: 'folderStore on handleDisk on OPFS in a worker',
  capabilities: ['at', 'before', 'beside', 'bytes', 'exact-case', 'makeNewer', 'own-directory'],
  make: async () => {
    const { directory, remove } = await freshDirectory()
    const disk = handleDisk(directory, BASE, 'root')
    await disk.mkdir(ROOT)
    return folderSubject({
      disk,
      hands: namedHands(disk),
      makings: (under) => ({ scanner: diskScanner(under, HANDLE_MANNER), known: HANDLE_TRAITS }),
      bytes: () => bytesBelow(directory),
      dispose: remove,
    })
  },
}

/** As an app has it. `worker` is what the folder makes its worker by. */
export const browserFolderWith = (title: string, worker: (() => Worker) | null): AdapterOf<'LocalStore'> => ({
  name: `browserFolder ${title}`,
  capabilities: ['bytes', 'exact-case', 'makeNewer', 'own-directory'],
  make: async () => {
    const { name, directory, remove } = await freshDirectory()
    const hands = namedHands(handleDisk(directory, ROOT, MARKER))
    return {
      hands,
      store: () => browserFolder(name, { worker }).local,
      makeNewer: () => hands.write(`${MARKER}/root.json`, NEWER_MARKER),
      bytes: () => bytesBelow(directory),
      dispose: remove,
    }
  },
})

async function bytesBelow(directory: DirectoryHandle, path = ''): Promise<string> {
  const lines: string[] = []
  for await (const [name, entry] of directory.entries()) {
    const full = `${path}/${name}`
    if (entry.kind === 'directory') lines.push(full, await bytesBelow(entry, full))
    else {
      const file = await entry.getFile()
      lines.push(`${full} ${toHex(new Uint8Array(await file.slice(0, file.size).arrayBuffer()))}`)
    }
  }
  return lines.sort().join('\n')
}
