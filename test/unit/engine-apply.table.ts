/** What was planned, and what somebody did before it was applied: rows of the truth table of `apply` (DESIGN 3.3). */

import type { TestDevice } from './engine-world.js'

type Deed = (device: TestDevice) => void

/** Something that a plan of A says is to be done about one file. `a` and `b` are done before it is planned. */
export interface PlannedRow {
  readonly planned: string
  /** Where the file stands on A when it is planned; null: nowhere. */
  readonly here: string | null
  /** And on B. */
  readonly there: string | null
  /** Where it shall stand. */
  readonly target: string
  readonly a?: Deed
  readonly b?: Deed
  /** What may be done to it meanwhile and leaves the plan right: it says something else of the node, or of another one. */
  readonly holds: readonly string[]
}

const BASE = 'subject'

export const PLANNED: readonly PlannedRow[] = [
  {
    planned: 'new content goes up',
    here: BASE,
    there: BASE,
    target: BASE,
    a: (at) => at.write(BASE, 'new by A'),
    holds: [],
  },
  {
    planned: 'a new file goes up',
    here: 'fresh',
    there: null,
    target: 'fresh',
    a: (at) => at.write('fresh', 'made by A'),
    holds: [],
  },
  {
    planned: 'a rename goes up',
    here: 'renamed',
    there: BASE,
    target: 'renamed',
    a: (at) => at.rename(BASE, 'renamed'),
    holds: [],
  },
  { planned: 'a delete goes up', here: null, there: BASE, target: BASE, a: (at) => at.remove(BASE), holds: [] },
  {
    planned: 'new content comes',
    here: BASE,
    there: BASE,
    target: BASE,
    b: (at) => at.write(BASE, 'new by B'),
    holds: [],
  },
  {
    planned: 'a new file comes',
    here: null,
    there: 'fresh',
    target: 'fresh',
    b: (at) => at.write('fresh', 'made by B'),
    holds: [],
  },
  {
    planned: 'a rename comes',
    here: BASE,
    there: 'renamed',
    target: 'renamed',
    b: (at) => at.rename(BASE, 'renamed'),
    holds: ['edited there'],
  },
  {
    planned: 'a delete comes',
    here: BASE,
    there: null,
    target: BASE,
    b: (at) => at.remove(BASE),
    holds: ['created at the target there'],
  },
  {
    planned: 'a conflict is set aside',
    here: BASE,
    there: BASE,
    target: BASE,
    a: (at) => at.write(BASE, 'new by A'),
    b: (at) => at.write(BASE, 'new by B'),
    holds: [],
  },
]

/** What a user does on the device where the file stands at `at` (null: it does not), given where it is to stand. */
export interface MeddlingRow {
  readonly meddling: string
  /** Null: it makes no sense here. */
  readonly deed: (at: string | null, target: string) => Deed | null
}

export const MEDDLING: readonly MeddlingRow[] = [
  { meddling: 'edited', deed: (at) => (at === null ? null : (device) => device.write(at, 'edited in between')) },
  { meddling: 'moved', deed: (at) => (at === null ? null : (device) => device.rename(at, 'elsewhere')) },
  { meddling: 'deleted', deed: (at) => (at === null ? null : (device) => device.remove(at)) },
  {
    meddling: 'created at the target',
    deed: (at, target) => (at === target ? null : (device) => device.write(target, 'created in between')),
  },
]
