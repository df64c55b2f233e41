/** What a run was like, counted. Decides nothing. */

import type { Ask, Deed, Fault } from './script.js'

const MOVES: ReadonlySet<Deed> = new Set(['move-file', 'move-directory', 'swap', 'save-by-rename', 'save-by-backup'])
const OF_DIRECTORIES: ReadonlySet<Deed> = new Set([
  'move-directory',
  'delete-directory',
  'make-directory',
  'change-kind',
])

export class Tally {
  readonly struck: Partial<Record<Fault, number>> = {}
  readonly deeds = { all: 0, moves: 0, directories: 0 }
  readonly asked: Record<Ask, number> = { read: 0, bring: 0, 'let-go': 0 }
  restarts = 0
  /** Times the scheduler let somebody go on. */
  steps = 0
  requests = 0
  conflicts = 0

  strikes(fault: Fault): void {
    this.struck[fault] = (this.struck[fault] ?? 0) + 1
  }

  /** A user found something to do. */
  did(deed: Deed): void {
    this.deeds.all += 1
    if (MOVES.has(deed)) this.deeds.moves += 1
    if (OF_DIRECTORIES.has(deed)) this.deeds.directories += 1
  }
}
