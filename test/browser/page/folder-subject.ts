/** The local store over a disk of a page, as a subject of its suite: user's hands go by the disk, past the store. */

import { diskDescriber } from '../../../adapters/shared/disk-describe.js'
import type { Disk } from '../../../adapters/shared/disk.js'
import { type FolderStoreParts, folderStore } from '../../../adapters/shared/folder-store.js'
import { portableHasher } from '../../../src/index.js'
import { diskHands, interrupted } from '../../conformance/disk-hands.js'
import type { LocalHands } from '../../conformance/local-store.subject.js'
import { counting, lockTable } from '../../conformance/stand-ins.js'
import type { Subjects } from '../../conformance/suites.js'

/** The root stands in a directory of its own, where it can be seen what comes beside it. */
export const BASE = '/base'
export const ROOT = `${BASE}/root`

type Made = Subjects['LocalStore'] & { readonly dispose: () => Promise<void> }

interface Ground {
  /** With the root in place. */
  readonly disk: Disk
  /** Default: all that the disk has calls for. */
  readonly hands?: LocalHands
  /** All bytes below the root, to see that nothing touched them. */
  readonly bytes: () => Promise<string>
  /** What the store is given beside the disk. */
  readonly makings?: (disk: Disk) => Partial<Pick<FolderStoreParts, 'known' | 'scanner'>>
  readonly dispose: () => Promise<void>
}

/** As a later version would write it. */
export const NEWER_MARKER = '{"format":"tidemark-root","version":99,"what":"ever"}'

const HASHER = portableHasher()

export function folderSubject({ disk, hands = diskHands(disk, ROOT, {}), bytes, makings, dispose }: Ground): Made {
  const clock = { now: () => 1_700_000_000_000, monotonic: () => 0, sleep: async () => undefined }
  const shared = { clock, random: counting(), lock: lockTable() }
  return {
    hands,
    store: ({ at, before } = {}) => {
      const under = before === undefined ? disk : interrupted(disk, before)
      const root = at === undefined ? ROOT : at === '/' ? '/' : `${ROOT}/${at}`
      const describer = diskDescriber(under, HASHER)
      return folderStore({ disk: under, root, ...shared, describer, ...makings?.(under) })
    },
    beside: async () => (await disk.readdir(BASE)).map(({ name }) => new TextDecoder().decode(name)),
    makeNewer: () => hands.write('.tidemark/root.json', NEWER_MARKER),
    bytes,
    dispose,
  }
}
