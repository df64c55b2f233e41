/** The simulated disk and the folder over it, in a page: the whole local store, with nothing of a host below it. */

import { SimulatedDisk } from '../../../adapters/simulation/simulated-disk.js'
import type { UserHands } from '../../../adapters/simulation/user-hands.js'
import { toHex } from '../../../src/index.js'
import { diskHands } from '../../conformance/disk-hands.js'
import { POSIX_DISK } from '../../conformance/disk.suite.js'
import type { AdapterOf } from '../../conformance/suites.js'
import { folderSubject, ROOT } from './folder-subject.js'

export const SIMULATED_DISK: AdapterOf<'Disk'> = {
  name: 'simulatedDisk',
  capabilities: POSIX_DISK,
  make: async () => {
    const disk = new SimulatedDisk({ now: () => 1_700_000_000_000 })
    disk.user.mkdir('/root')
    return {
      disk,
      directory: '/root',
      symlink: async (target, path) => disk.user.symlink(target, path),
      dispose: async () => undefined,
    }
  },
}

const full = (path: string): string => `${ROOT}/${path}`

export const SIMULATED_FOLDER: AdapterOf<'LocalStore'> = {
  name: 'folderStore on simulatedDisk',
  capabilities: [
    'at',
    'before',
    'beside',
    'bytes',
    'displaces',
    'exact-case',
    'file-ids',
    'hold',
    'invalidName',
    'links',
    'makeNewer',
    'modes',
    'mode-bits',
    'own-directory',
    'symlink',
    'times',
  ],
  make: async () => {
    let time = 1_600_000_000_000
    const disk = new SimulatedDisk({ now: () => ++time })
    const { user } = disk
    user.mkdir(ROOT)
    return folderSubject({
      disk,
      hands: {
        ...diskHands(disk, ROOT, {}),
        symlink: async (target, path) => user.symlink(full(target), full(path)),
        invalidName: async (directory) => user.writeFile(full(`${directory}/caf\udce9.txt`), 'x'),
        // By the path: the disk needs the right to read what it changes.
        chmod: async (path, mode) => user.chmod(full(path), mode),
      },
      bytes: async () => bytesBelow(user, ROOT),
      dispose: async () => undefined,
    })
  },
}

function bytesBelow(user: UserHands, path: string): string {
  const { kind } = user.lstat(path)
  if (kind === 'file') return `${path}\n${toHex(user.readFile(path))}\n`
  if (kind !== 'directory') return `${path} ${kind}\n`
  const below = user.readdir(path).map((name) => bytesBelow(user, `${path}/${name}`))
  return `${path}/\n${below.sort().join('')}`
}
