/** The local store over a directory handle, wherever it runs: in a worker, or in the page where there is none. */

import type { Clock, Hasher, LocalStore, Random } from '../../src/index.js'
import { diskDescriber } from '../shared/disk-describe.js'
import { diskScanner } from '../shared/disk-scan.js'
import type { TakeLock } from '../shared/folder-root.js'
import { OWN_NAME } from '../shared/folder-names.js'
import { folderStore } from '../shared/folder-store.js'
import { handleDisk } from './handle-disk.js'
import type { DirectoryHandle } from './handles.js'

export interface HandleStoreParts {
  readonly directory: DirectoryHandle
  /** Absolute path at which it is to stand, of one part. */
  readonly root: string
  readonly hasher: Hasher
  readonly clock: Clock
  readonly random: Random
  readonly lock: TakeLock
}

/** Looks at entries under way at a time: the browser has a queue of its own behind them. */
const LOOKS = 32

/** What such a disk is worth, as far as it cannot be found out by trying. */
export const HANDLE_TRAITS = { fileIds: 'none', directoryMove: 'emulated' } as const
/** How such a disk is listed. */
export const HANDLE_MANNER = { directoryTimes: false, parallel: LOOKS } as const

export function handleStore({ directory, root, hasher, ...rest }: HandleStoreParts): LocalStore {
  const disk = handleDisk(directory, root, OWN_NAME)
  const describer = diskDescriber(disk, hasher)
  const scanner = diskScanner(disk, HANDLE_MANNER)
  return folderStore({ disk, root, describer, scanner, known: HANDLE_TRAITS, ...rest })
}
