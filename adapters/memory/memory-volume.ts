/**
 * The volume under a folder in memory: memfs's, loaded when the first one is made, so that `tidemark/memory` itself loads
 * without it. The interface is ours: no declaration of this package needs memfs or Node.
 */

import { TidemarkError } from '../../src/index.js'

/** What an app or a test does with the volume. memfs's `Volume` is one, and has more of `node:fs`. */
export interface MemoryVolume {
  /** Links are followed. */
  existsSync(path: string): boolean
  /** `recursive` makes the directories above too, and takes one that is there. */
  mkdirSync(path: string, options?: { readonly recursive?: boolean }): unknown
  /** Names of the entries. */
  readdirSync(path: string): readonly unknown[]
  /** Text with 'utf8', else bytes. */
  readFileSync(path: string, encoding?: 'utf8'): string | Uint8Array
  /** Makes the file, or replaces its content in place. */
  writeFileSync(path: string, data: string | Uint8Array): void
  /** Makes the file where there is none. */
  appendFileSync(path: string, data: string | Uint8Array): void
  /** Replaces what stands at `to`. */
  renameSync(from: string, to: string): void
  /** Removes a file or a link. */
  unlinkSync(path: string): void
  /** `recursive` takes directories with all that is in them, `force` minds nothing that is missing. */
  rmSync(path: string, options?: { readonly recursive?: boolean; readonly force?: boolean }): void
  /** Permission bits as in POSIX. */
  chmodSync(path: string, mode: number): void
  /** Makes a link at `path`. */
  symlinkSync(target: string, path: string): void
  /** Path to content for every file, null for an empty directory. */
  toJSON(): Record<string, string | null>
}

const COMMAND = 'npm install memfs'

/** A fresh volume. Fails with `missing-package` where memfs is not installed, or not to be loaded at once (a browser). */
export function newVolume(): MemoryVolume {
  try {
    const { Volume } = hostRequire()('memfs') as typeof import('memfs')
    return new Volume()
  } catch (cause) {
    throw new TidemarkError('missing-package', `A folder in memory stands on memfs: run \`${COMMAND}\``, {
      subject: 'memfs',
      next: COMMAND,
      cause,
    })
  }
}

/** Node's own `require`, asked for at run time: this module has no import of Node's. */
function hostRequire(): (name: string) => unknown {
  const host = (globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } }).process
  const module = host?.getBuiltinModule?.('node:module') as
    | { createRequire(from: string): (name: string) => unknown }
    | undefined
  if (module === undefined) throw new Error('no module loader: pass a volume')
  return module.createRequire(import.meta.url)
}
