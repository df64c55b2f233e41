/** What a person asks of the past of a path, as things the control loop can do: checked here, done by the rooms they name. */

import { TidemarkError } from '../errors.js'
import type { Sequence } from '../model/ids.js'
import type { Asked } from './asking.js'
import { checkHistoryLimit, type HistoryEntry, historyOf } from './history.js'
import { type Hydrated, hydratePath } from './hydrate.js'
import { checkPath } from './node-paths.js'
import { readHere, readRevision, readThere } from './read-file.js'
import { type Released, releasePath } from './release.js'
import { componentsOf } from './remote-tree.js'
import { type Restored, restorePath } from './restore.js'

export function askHistory(path: string, limit: number | undefined): Asked<readonly HistoryEntry[]> {
  const most = checkHistoryLimit(limit)
  return both(path, (parts, signal) => historyOf(parts, path, most, signal))
}

/** Null: no file stands there on this disk. */
export function askHere(path: string, limit: number): Asked<Uint8Array | null> {
  return { ...both(path, (parts, signal) => readHere(parts, path, limit, signal)), look: 'none' }
}

export function askThere(path: string, limit: number): Asked<Uint8Array> {
  return both(path, (parts, signal, cycle) => readThere(parts, path, limit, cycle, signal))
}

export function askRevision(path: string, sequence: Sequence, limit: number): Asked<Uint8Array> {
  checkSequence(sequence)
  return both(path, (parts, signal) => readRevision(parts, path, sequence, limit, signal))
}

export function askRestore(path: string, sequence: Sequence | undefined): Asked<Restored> {
  if (sequence !== undefined) checkSequence(sequence)
  return both(path, (parts, signal) => restorePath(parts, path, sequence, signal))
}

/** '' is the root: everything. */
export function askHydrate(path: string): Asked<Hydrated> {
  return anywhere(path, (parts, signal, cycle) => hydratePath(parts, path, cycle, signal))
}

export function askRelease(path: string): Asked<Released> {
  return anywhere(path, (parts, signal) => releasePath(parts, path, signal))
}

function anywhere<T>(path: string, run: Asked<T>['run']): Asked<T> {
  checkPath(path)
  return { look: 'both', paths: () => (path === '' ? [] : [path]), run }
}

function both<T>(path: string, run: Asked<T>['run']): Asked<T> {
  componentsOf(path)
  return { look: 'both', paths: () => [path], run }
}

function checkSequence(sequence: Sequence): void {
  if (Number.isSafeInteger(sequence) && sequence >= 1) return
  throw new TidemarkError('invalid-option', "the option 'sequence' must be a whole number from 1", {
    subject: 'sequence',
    next: 'Take it from the history of the path.',
  })
}
