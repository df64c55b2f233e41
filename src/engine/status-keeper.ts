/** Works out the status from what is open, and tells of it when it changed. The one place where `synced` is said (INV-32). */

import { TidemarkError } from '../errors.js'
import type { Problem } from '../model/problem.js'
import type { Presence } from '../model/tree.js'
import { HEALING } from './healing.js'
import { allProblems } from './problem-list.js'
import type { Session } from './session.js'
import { type Status, type StatusCause, type StatusState, STOPPED, sameStatus } from './status.js'

/** A row that differs and says one of these is settled by the next plan that can be carried out. */
const TO_SETTLE: ReadonlySet<Presence> = new Set(['present', 'pending', 'placeholder'])

export interface KeeperEvents {
  onStatus(status: Status): void
  onProblem(problem: Problem): void
  /** Something may have moved on, though the status may read as before. */
  onMoved(): void
}

export class StatusKeeper {
  readonly #session: Session
  readonly #events: KeeperEvents
  #status: Status = STOPPED

  constructor(session: Session, events: KeeperEvents) {
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
    const problems = allProblems(this.#session)
    const status: Status = {
      state,
      why,
      known,
      applied: pending === 0 ? (known?.sequence ?? 0) : this.#status.applied,
      pending,
      problems,
      guards: this.#session.cycle.lastPlan?.guards ?? [],
    }
    if (sameStatus(status, this.#status)) return this.#events.onMoved()
    const before = new Set(this.#status.problems.map((problem) => `${problem.code} ${problem.path}`))
    this.#status = status
    this.#events.onStatus(status)
    for (const problem of problems) if (!before.has(`${problem.code} ${problem.path}`)) this.#events.onProblem(problem)
    this.#events.onMoved()
  }

  /** The session is closed: what was known is all that can be said. */
  stopped(): void {
    this.#status = { ...this.#status, state: 'stopped', why: null }
    this.#events.onStatus(this.#status)
  }

  /** What may be said when a cycle came to its end. */
  resting(): StatusState {
    const { cycle, dirty, withheld, state, troubles } = this.#session
    if ((cycle.lastPlan?.guards.length ?? 0) > 0) return 'guarded'
    // What is in doubt is open also after the place where it was seen is known: where it stood before is looked at yet.
    const inDoubt = withheld.size > 0 || troubles.frozen.size > 0
    const open = dirty.any || inDoubt || state.unsaved || state.outbox.length > 0
    return open || allProblems(this.#session).length > 0 || this.#pending() > 0 ? 'syncing' : 'synced'
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
    const lasting = allProblems(this.#session).filter(({ code }) => !HEALING.has(code))
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
      if (presence === undefined || TO_SETTLE.has(presence)) pending += 1
    }
    return pending
  }
}
