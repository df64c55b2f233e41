/** Works out the status from what is open, and tells of it when it changed. The one place where `synced` is said (INV-32). */

import type { Problem } from '../model/problem.js'
import { below } from './paths.js'
import type { Session } from './session.js'
import { type Status, type StatusState, STOPPED, sameStatus } from './status.js'

/** Problems that a row itself says, for as long as it says so. */
const STANDING_PROBLEMS = {
  held: {
    code: 'unwritable-name',
    message: 'This disk cannot hold it beside what is there: rename one of the two on another device.',
  },
  remnant: {
    code: 'remnant',
    message:
      'The directory was deleted elsewhere and stays here because it holds content that is not synced: remove it by hand, or add a file to sync it again.',
  },
} as const

export class StatusKeeper {
  readonly #session: Session
  readonly #events: { onStatus(status: Status): void; onProblem(problem: Problem): void }
  #status: Status = STOPPED

  constructor(session: Session, events: { onStatus(status: Status): void; onProblem(problem: Problem): void }) {
    this.#session = session
    this.#events = events
  }

  get status(): Status {
    return this.#status
  }

  tell(state: StatusState): void {
    const known = this.#session.state.get('cursor')
    const pending = this.#pending()
    const problems = this.#problems()
    const status: Status = {
      state,
      known,
      applied: pending === 0 ? (known?.sequence ?? 0) : this.#status.applied,
      pending,
      problems,
      guards: this.#session.cycle.lastPlan?.guards ?? [],
    }
    if (sameStatus(status, this.#status)) return
    const before = new Set(this.#status.problems.map((problem) => `${problem.code} ${problem.path}`))
    this.#status = status
    this.#events.onStatus(status)
    for (const problem of problems) if (!before.has(`${problem.code} ${problem.path}`)) this.#events.onProblem(problem)
  }

  /** The session is closed: what was known is all that can be said. */
  stopped(): void {
    this.#status = { ...this.#status, state: 'stopped' }
    this.#events.onStatus(this.#status)
  }

  /** What may be said when a cycle came to its end. */
  resting(): StatusState {
    const { cycle, dirty, withheld, state } = this.#session
    if ((cycle.lastPlan?.guards.length ?? 0) > 0) return 'guarded'
    const open = dirty.any || withheld.size > 0 || state.unsaved || state.outbox.length > 0
    return open || this.#problems().length > 0 || this.#pending() > 0 ? 'syncing' : 'synced'
  }

  /** Nodes that are to change yet; what is held or left out on purpose is not among them. */
  #pending(): number {
    const { trees } = this.#session.state
    let pending = 0
    for (const id of trees.differing()) {
      const presence = trees.synced(id)?.presence
      if (presence === undefined || presence === 'present' || presence === 'pending') pending += 1
    }
    return pending
  }

  #problems(): readonly Problem[] {
    const { troubles, state } = this.#session
    const problems = [...troubles.problems.values()]
    for (const id of state.trees.differing()) {
      const row = state.trees.synced(id)
      if (row === null || (row.presence !== 'held' && row.presence !== 'remnant')) continue
      // What lies in a directory that is held back is not in the way: the directory's own name is.
      if (state.trees.synced(row.node.parentId)?.presence === 'held') continue
      problems.push({
        path: below(state.trees.localPath(row.node.parentId) ?? '', row.node.name),
        ...STANDING_PROBLEMS[row.presence],
      })
    }
    return problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }
}
