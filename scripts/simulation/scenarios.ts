/** Short scenarios for sweeps: a small tree that two devices have, and what is then done to it. Every deed and every meeting of two. */

import type { Deed, Script, UserStep } from '../../adapters/simulation/index.js'

export interface Scenario {
  readonly title: string
  readonly then: readonly UserStep[]
}

const LARGE = 16_000

function step(device: number, deed: Deed, ...picks: readonly number[]): UserStep {
  const [a = 0, b = 0, c = 0, d = 0] = picks
  return { at: 10, device, deed, picks: [a, b, c, d] }
}

/** Files are then, in the order of picks: 0 `/a/c`, 1 `/b`, 2 `/d` (large), 3 `/e.txt`; directories `/a` and `/g`. */
const BASE: readonly UserStep[] = [
  step(0, 'make-directory', 0, 0),
  step(0, 'make-directory', 0, 6),
  step(0, 'create', 1, 2, 7),
  step(0, 'create', 0, 1, 5),
  step(0, 'create', 0, 3, LARGE),
  step(0, 'create', 0, 4, 9),
]

const EDIT_B = [1, 0, 7] as const
const DELETE_A = ['delete-directory', 0] as const

/** What one device does alone. */
const ALONE: readonly (readonly [string, ...(readonly [Deed, ...number[]])[]])[] = [
  ['a small file is made', ['create', 0, 7, 5]],
  ['a large file is made', ['create', 0, 7, LARGE]],
  ['a file is made in a directory made a moment ago', ['make-directory', 0, 7], ['create', 3, 2, 5]],
  [
    'five files are made',
    ['create', 0, 2, 5],
    ['create', 0, 5, 6],
    ['create', 0, 7, 7],
    ['create', 1, 0, 8],
    ['create', 1, 1, 9],
  ],
  ['a file is written over in place', ['edit', ...EDIT_B]],
  ['a large file is written over in place', ['edit', 2, 0, LARGE + 16]],
  ['a file is saved by a rename', ['save-by-rename', ...EDIT_B]],
  ['a file is saved by a backup', ['save-by-backup', ...EDIT_B]],
  ['a file is appended to twice', ['append', 2], ['append', 2]],
  ['a directory is made', ['make-directory', 1, 7]],
  ['a file is renamed', ['move-file', 1, 0, 7]],
  ['a file is moved to another directory', ['move-file', 0, 2, 7]],
  ['a directory is moved with what is in it', ['move-directory', 0, 2, 7]],
  ['two files are swapped', ['swap', 1, 3]],
  ['a file is copied', ['copy', 2, 1, 7]],
  ['a file is deleted', ['delete-file', 1]],
  ['a directory is deleted with what is in it', DELETE_A],
  ['a file stands where a directory stood', ['change-kind', 0, 0, 5]],
  ['a directory stands where a file stood', ['change-kind', 1, 1]],
  ['a mode is changed', ['executable', 1]],
  ['a file is renamed and written over', ['move-file', 1, 0, 7], ['edit', 3, 0, 7]],
]

/** What the two do at once. */
const MEETINGS: readonly (readonly [string, readonly [Deed, ...number[]], readonly [Deed, ...number[]]])[] = [
  ['both edit a file', ['edit', 1, 0, 7], ['edit', 1, 0, 9]],
  ['both edit a large file', ['edit', 2, 0, LARGE], ['edit', 2, 0, LARGE + 32]],
  ['one edits, the other deletes', ['edit', ...EDIT_B], ['delete-file', 1]],
  ['one edits, the other renames', ['edit', ...EDIT_B], ['move-file', 1, 0, 7]],
  ['one saves by a rename, the other renames', ['save-by-rename', ...EDIT_B], ['move-file', 1, 0, 7]],
  ['both rename a file', ['move-file', 1, 0, 7], ['move-file', 1, 0, 2]],
  ['one renames, the other deletes', ['move-file', 1, 0, 7], ['delete-file', 1]],
  ['both delete a file', ['delete-file', 1], ['delete-file', 1]],
  ['both make a file of one name', ['create', 0, 7, 5], ['create', 0, 7, 6]],
  ['both make a directory of one name', ['make-directory', 0, 7], ['make-directory', 0, 7]],
  ['one makes a file, the other a directory of its name', ['create', 0, 7, 5], ['make-directory', 0, 7]],
  ['one moves a directory, the other makes a file in it', ['move-directory', 0, 2, 7], ['create', 1, 1, 5]],
  ['one moves a directory, the other edits in it', ['move-directory', 0, 2, 7], ['edit', 0, 0, 7]],
  ['one deletes a directory, the other edits in it', DELETE_A, ['edit', 0, 0, 7]],
  ['one deletes a directory, the other makes a file in it', DELETE_A, ['create', 1, 1, 5]],
  ['one deletes a directory, the other moves something out of it', DELETE_A, ['move-file', 0, 0, 7]],
  ['each moves a directory into the other', ['move-directory', 0, 2, 7], ['move-directory', 1, 1, 7]],
  ['one changes a kind, the other edits', ['change-kind', 1, 1], ['edit', ...EDIT_B]],
  ['one swaps, the other edits', ['swap', 1, 3], ['edit', ...EDIT_B]],
  ['one changes a mode, the other deletes', ['executable', 1], ['delete-file', 1]],
]

export const SCENARIOS: readonly Scenario[] = [
  { title: 'nothing is done, and everybody looks at everything', then: [] },
  ...ALONE.map(
    ([title, ...deeds]): Scenario => ({ title, then: deeds.map(([deed, ...picks]) => step(0, deed, ...picks)) }),
  ),
  ...MEETINGS.map(
    ([title, [one, ...picks], [other, ...others]]): Scenario => ({
      title,
      then: [step(0, one, ...picks), step(1, other, ...others)],
    }),
  ),
]

export function scriptOf({ then }: Scenario): Script {
  return {
    seed: 1,
    devices: 2,
    phases: [
      { users: BASE, faults: [] },
      { users: then, faults: [] },
    ],
  }
}
