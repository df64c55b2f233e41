/**
 * A folder in memory: a memfs volume under the very code that runs on a real disk. Nothing here waits on a timer or asks
 * the host's clock, as long as clock and random are given.
 */

import {
  type Clock,
  type Hasher,
  type LocalStore,
  type Random,
  type StateStore,
  TidemarkError,
  portableHasher,
} from '../../src/index.js'
import { diskDescriber } from '../shared/disk-describe.js'
import { folderStore } from '../shared/folder-store.js'
import type { TakeLock } from '../shared/folder-root.js'
import { systemClock, systemRandom } from '../shared/system-clock.js'
import { memfsDisk } from './memfs-disk.js'
import { type MemoryState, memoryStateStore } from '../shared/memory-state-store.js'
import { type MemoryVolume, newVolume } from './memory-volume.js'
import { type MemoryWatcher, memoryWatcher } from '../shared/memory-watcher.js'

/** What a folder in memory may be given; each part has a default. */
export interface MemoryFolderOptions {
  /** Default: a fresh volume. Give the same one again to open the same folder again. */
  readonly volume?: MemoryVolume
  /** Absolute path in the volume, made when absent. Default '/root'. */
  readonly root?: string
  /** Default: a fresh, empty one. */
  readonly state?: MemoryState
  /** Default: the system's, and the volume counts milliseconds of its own. */
  readonly clock?: Clock
  /** Default: the system's. */
  readonly random?: Random
  /** Default: the portable one. */
  readonly hasher?: Hasher
}

/** A folder in memory: the parts of an engine, to be spread into its options, and a hand on its disk, which is not spread. */
export interface MemoryFolder {
  /** The folder on the volume. */
  readonly local: LocalStore
  /** The client database. */
  readonly state: StateStore
  /** Raise it by hand after a change, or leave it to the engine's own scans. */
  readonly watcher: MemoryWatcher
  /** The one that was given, or the portable one. */
  readonly hasher: Hasher
  /** The one that was given, or the system's. */
  readonly clock: Clock
  /** The one that was given, or the system's. */
  readonly random: Random
  /** The disk, to be read and written like a user does. */
  readonly volume: MemoryVolume
  /** Absolute path of the root in the volume. */
  readonly root: string
  /** As if the process had died: the lock of the root is free again, nothing is closed or finished. */
  kill(): void
}

/** Parts for an engine whose folder is in memory. */
export function memoryFolder(options: MemoryFolderOptions = {}): MemoryFolder {
  const { root = '/root', hasher = portableHasher(), random = systemRandom() } = options
  const clock = options.clock ?? systemClock()
  const volume = options.volume ?? newVolume()
  const disk = memfsDisk(volume, options.clock === undefined ? {} : { now: () => clock.now() })
  volume.mkdirSync(root, { recursive: true })
  const local = folderStore({
    disk,
    root,
    random,
    clock,
    describer: diskDescriber(disk, hasher),
    lock: volumeLock(volume, root),
  })
  const state = memoryStateStore(options.state === undefined ? {} : { state: options.state })
  const kill = (): void => void HELD.get(volume)?.delete(root)
  const parts = { local, state, watcher: memoryWatcher(), hasher, clock, random }
  // Not among what is spread into the options of an engine, which knows no such options.
  return Object.defineProperties(parts, {
    volume: { value: volume },
    root: { value: root },
    kill: { value: kill },
  }) as MemoryFolder
}

const HELD = new WeakMap<MemoryVolume, Set<string>>()

/** Two stores on one root of one volume exclude each other, as on a real disk. */
function volumeLock(volume: MemoryVolume, root: string): TakeLock {
  return () => {
    const held = HELD.get(volume) ?? new Set()
    HELD.set(volume, held)
    if (held.has(root)) {
      throw new TidemarkError('locked', `${root} is in use by another engine`, {
        subject: root,
        next: 'Stop the other one first.',
      })
    }
    held.add(root)
    return { release: () => void held.delete(root) }
  }
}
