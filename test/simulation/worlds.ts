/** The kinds of worlds that are run, and the runs that once failed: each found a bug, named here by what a user would have met. */

import type { WorldOptions } from './world.js'

type Kind = Omit<WorldOptions, 'seed' | 'faults'> & { readonly faults: Readonly<WorldOptions['faults']> }

export const TWO_DEVICES: Kind = {
  devices: 2,
  steps: 30,
  faults: { dropRequest: 30, dropAnswer: 30, duplicate: 30 },
  crash: 30,
  deaf: 300,
}

export const THREE_ROUGH: Kind = {
  devices: 3,
  steps: 60,
  faults: { dropRequest: 60, dropAnswer: 60, duplicate: 60 },
  crash: 80,
  deaf: 400,
}

/** Everything of the others, and everybody edits ignore rules. */
export const RULED: Kind = { ...TWO_DEVICES, habits: 'rules' }

/** Nobody moves or deletes anything: then nothing may go. */
export const RULED_GENTLY: Kind = { ...TWO_DEVICES, habits: 'gentle' }

/** Contents of megabytes, fetched by the others while they still go up. */
export const LARGE: Kind = { ...TWO_DEVICES, devices: 3, steps: 24, habits: 'large' }

export interface Pinned {
  readonly kind: Kind
  readonly seed: number
  readonly was: string
}

export const PINNED: readonly Pinned[] = [
  { kind: TWO_DEVICES, seed: 12, was: 'a staged file that nothing took stayed in staging for ever' },
  {
    kind: TWO_DEVICES,
    seed: 71,
    was: 'a directory deleted elsewhere while a file was put into it became a remnant, and its name stayed taken',
  },
  {
    kind: TWO_DEVICES,
    seed: 77,
    was: 'a remnant whose directory the user moved away never left: a file of its name was held back for ever',
  },
  {
    kind: TWO_DEVICES,
    seed: 6705,
    was: 'a directory deleted by the user in the moment it was put in its new place left the device stuck until a restart',
  },
  {
    kind: THREE_ROUGH,
    seed: 5280,
    was: 'an edit was overwritten: a file moved elsewhere and edited on both sides lent its stamp to the old content, and the next scan took it for unchanged',
  },
  {
    kind: THREE_ROUGH,
    seed: 23688,
    was: 'an edit written in the moment a crash cut off the replacement of its file was left in the trash',
  },
  {
    kind: THREE_ROUGH,
    seed: 60,
    was: 'a new file was deleted everywhere: its directory had been deleted and made anew elsewhere, and stood on this disk as two nodes',
  },
  {
    kind: THREE_ROUGH,
    seed: 1149,
    was: 'an emptied directory could not be removed, so this device never was in sync again',
  },
]

export const PINNED_RULED: readonly Pinned[] = [
  {
    kind: RULED,
    seed: 1823,
    was: 'a directory deleted elsewhere, kept for an ignored file that the user then deleted, stayed empty for ever with a problem that told of content in it',
  },
  {
    kind: RULED_GENTLY,
    seed: 549,
    was: 'a rule file that its own rules hid could not be deleted: the copy on the server came back each time',
  },
]

export function worldOf(kind: Kind, seed: number): WorldOptions {
  return { ...kind, seed, faults: { ...kind.faults } }
}
