/** Small file systems of their own, for as long as they are needed. Linux and root only; never more than one at a time. */

import { execFileSync } from 'node:child_process'
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** File systems that can be mounted. */
export type MountKind = 'tmpfs' | 'ext4'

/** Bytes of a file system. */
export const MOUNT_BYTES = { tmpfs: 2 ** 20, ext4: 64 * 2 ** 20 } as const

/** Mounts one, runs, unmounts whatever happened. A string says why it could not be mounted. */
export async function withMount<Result>(
  kind: MountKind,
  run: (directory: string) => Promise<Result>,
): Promise<Result | string> {
  if (process.platform !== 'linux') return `${kind} cannot be mounted here: this is not Linux`
  if (process.getuid?.() !== 0) return `${kind} cannot be mounted here: only root may mount`
  const base = mkdtempSync(join(tmpdir(), 'tidemark-mount-'))
  const directory = join(base, 'mounted')
  mkdirSync(directory)
  let mounted = false
  try {
    try {
      mount(kind, base, directory)
      mounted = true
    } catch (error) {
      return `${kind} cannot be mounted here: ${error instanceof Error ? error.message.trim() : String(error)}`
    }
    return await run(directory)
  } finally {
    if (mounted) execFileSync('umount', [directory])
    rmSync(base, { recursive: true, force: true })
  }
}

function mount(kind: MountKind, base: string, directory: string): void {
  if (kind === 'tmpfs') {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MOUNT_BYTES.tmpfs}`, 'tmpfs', directory], { stdio: 'pipe' })
    return
  }
  const image = join(base, 'image')
  const file = openSync(image, 'w')
  ftruncateSync(file, MOUNT_BYTES.ext4)
  closeSync(file)
  execFileSync('mkfs.ext4', ['-q', '-m', '0', image], { stdio: 'pipe' })
  execFileSync('mount', ['-o', 'loop', image, directory], { stdio: 'pipe' })
}
