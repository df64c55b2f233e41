/** Which linked folder a path on this disk lies in, and what it is called below it. The path itself need not exist. */

import { dirname, relative, resolve, sep } from 'node:path'
import { TidemarkError } from 'tidemark'
import { isLinked } from './linked-folder.js'

export interface LinkedPath {
  /** Absolute path of the linked folder. */
  readonly folder: string
  /** Below it, with '/'; '' is the folder itself. */
  readonly path: string
}

/** @throws not-found when no folder above it is linked */
export function linkedPath(given: string): LinkedPath {
  const whole = resolve(given)
  for (let folder = whole; ; folder = dirname(folder)) {
    if (isLinked(folder)) return { folder, path: relative(folder, whole).split(sep).join('/') }
    if (dirname(folder) === folder) break
  }
  throw new TidemarkError('not-found', `${whole} lies in no linked folder`, {
    subject: whole,
    next: "Give a path in a linked folder; 'tidemark link' links one.",
  })
}
