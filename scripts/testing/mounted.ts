/**
 * Small file systems of their own, mounted for a test or a proof: tmpfs, and ext4 in a file. Only root may; whoever is not is told
 * why by name. What is mounted here is unmounted here.
 */

import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const FILE_SYSTEMS = ['tmpfs', 'ext4'] as const
export type FileSystem = (typeof FILE_SYSTEMS)[number]

export interface Mounted {
  /** The mount point. */
  readonly path: string
  /** Waits for nobody: who has files open there keeps them, everybody else sees the empty mount point. */
  unmountLazily(): void
  /** The same ext4 file system once more, with what is in it. A tmpfs ends with its mount. */
  mountAgain(): void
  /** Unmounted, and nothing of it left. */
  remove(): void
}

const MIB = 1024 * 1024
/** Files and directories it can hold. */
const NODES = 2_000

/** Why no such file system can be mounted here; null when one can. It is tried. */
export function mountRefusal(kind: FileSystem): string | null {
  if (process.platform !== 'linux') return `mounts of ${kind}, tried on Linux only`
  if (process.getuid?.() !== 0) return `mounts of ${kind}, which only root may make`
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-mount-'))
  try {
    mountSmall(kind, directory, 4).remove()
    return null
  } catch {
    return `mounts of ${kind}, which this machine refuses`
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** In a directory that exists; the image of an ext4 lies there, too. */
export function mountSmall(kind: FileSystem, directory: string, mebibytes: number): Mounted {
  const path = join(directory, `${kind}-mounted`)
  const image = join(directory, `${kind}.img`)
  mkdirSync(path)
  if (kind === 'ext4') makeExt4(image, mebibytes)
  const mount = (): void => {
    if (kind === 'tmpfs')
      run('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m,nr_inodes=${NODES},mode=700`, 'tmpfs', path)
    else run('mount', '-o', 'loop', image, path)
  }
  let isMounted = false
  const unmount = (...how: readonly string[]): void => {
    if (isMounted) run('umount', ...how, path)
    isMounted = false
  }
  const mountAgain = (): void => {
    mount()
    isMounted = true
  }
  mountAgain()
  return {
    path,
    unmountLazily: () => unmount('-l'),
    mountAgain,
    remove: () => {
      unmount('-l')
      // The empty mount point, with what was written there while nothing was mounted.
      rmSync(path, { recursive: true, force: true })
      rmSync(image, { force: true })
    },
  }
}

/** Nothing kept for root: full means full for everybody. */
function makeExt4(image: string, mebibytes: number): void {
  const file = openSync(image, 'wx')
  ftruncateSync(file, mebibytes * MIB)
  closeSync(file)
  run('mkfs.ext4', '-q', '-F', '-m', '0', '-N', String(NODES), image)
}

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
