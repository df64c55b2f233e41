/** Works out the status from what is open, and tells of it when it changed. The one place where `synced` is said (INV-32). */

import { TidemarkError } from '../errors.js'
import type { Problem } from '../model/problem.js'
import { HEALING } from './healing.js'
import type { SyncMode } from '../model/sync-mode.js'
import { knownPath } from './node-paths.js'
import { below } from './paths.js'
import type { Session } from './session.js'
import { type Status, type StatusCause, type StatusState, STOPPED, sameStatus } from './status.js'

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

/** Why two sides stay apart that could be brought together: the mode closes the way. */
const HELD_BACK: Readonly<Record<Exclude<SyncMode, 'two-way'>, string>> = {
  'read-only':
    "It was changed here, and this device only receives: it stays as it is and goes nowhere. Undo the change, or sync with the mode 'two-way'.",
  'upload-only':
    "The server has something else, and this device only sends: nothing is changed here. Settle it on another device, or sync with the mode 'two-way'.",
}

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

  /** `why` stays as it was told where the state does. */
  tell(state: StatusState, why: StatusCause | null = state === this.#status.state ? this.#status.why : null): void {
    const known = this.#session.state.get('cursor')
    const pending = this.#pending()
    const problems = this.#problems()
    const status: Status = {
      state,
      why,
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
    this.#status = { ...this.#status, state: 'stopped', why: null }
    this.#events.onStatus(this.#status)
  }

  /** What may be said when a cycle came to its end. */
  resting(): StatusState {
    const { cycle, dirty, withheld, state } = this.#session
    if ((cycle.lastPlan?.guards.length ?? 0) > 0) return 'guarded'
    const open = dirty.any || withheld.size > 0 || state.unsaved || state.outbox.length > 0
    return open || this.#problems().length > 0 || this.#pending() > 0 ? 'syncing' : 'synced'
  }

  /** At rest, but not `synced`, and only a person can change that; null when the engine can. */
  blockage(): TidemarkError | null {
    const [guard] = this.#session.cycle.lastPlan?.guards ?? []
    if (guard !== undefined) {
      return new TidemarkError('blocked', `${guard.deletes} of ${guard.of} files would be deleted: a guard waits`, {
        subject: guard.id,
        next: 'Answer it with confirm() or decline().',
        data: { guards: this.#status.guards },
      })
    }
    const lasting = this.#problems().filter(({ code }) => !HEALING.has(code))
    const [problem] = lasting
    if (this.#session.dirty.any || problem === undefined) return null
    return new TidemarkError('blocked', `${problem.path}: ${problem.message}`, {
      subject: problem.path,
      next: 'Solve the problems of `status.problems`, or take the files away.',
      data: { problems: lasting },
    })
  }

  /** Nodes that are to change yet; what is held or left out on purpose is not among them. */
  #pending(): number {
    const { mode, state } = this.#session
    const { trees } = state
    let pending = 0
    for (const id of trees.differing()) {
      // What only the server has is none of the business of a device that only sends.
      if (mode === 'upload-only' && trees.synced(id) === null && trees.localNode(id) === null) continue
      const presence = trees.synced(id)?.presence
      if (presence === undefined || presence === 'present' || presence === 'pending') pending += 1
    }
    return pending
  }

  #heldBack(): readonly Problem[] {
    const { mode, cycle, state } = this.#session
    if (mode === 'two-way') return []
    const paths = (cycle.lastPlan?.heldBack ?? []).flatMap((id) => knownPath(state.trees, id) ?? [])
    return [...new Set(paths)].map((path) => ({ path, code: 'held-back', message: HELD_BACK[mode] }))
  }

  #problems(): readonly Problem[] {
    const { troubles, state } = this.#session
    const problems = [...troubles.problems.values(), ...this.#heldBack()]
    for (const id of state.trees.differing()) {
      const row = state.trees.synced(id)
      if (row === null || (row.presence !== 'held' && row.presence !== 'remnant')) continue
      problems.push({
        path: below(state.trees.localPath(row.node.parentId) ?? '', row.node.name),
        ...STANDING_PROBLEMS[row.presence],
      })
    }
    return problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  }
}
