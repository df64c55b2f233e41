/** The plans that this engine made and has not applied yet. A plan is applied once, by the engine that made it. */

import { TidemarkError } from '../errors.js'
import type { PathedPlan } from './plan-paths.js'

export class IssuedPlans {
  readonly #open = new WeakSet<PathedPlan>()

  issue(plan: PathedPlan): PathedPlan {
    this.#open.add(plan)
    return plan
  }

  /** @throws stale-plan */
  check(plan: PathedPlan): void {
    if (this.#open.has(plan)) return
    throw new TidemarkError('stale-plan', 'the plan is not one that this engine made and has not applied yet', {
      subject: 'plan',
      next: 'Call plan() and pass the very object it resolves with.',
    })
  }

  /** From now on it counts as applied, whatever comes of it. */
  spend(plan: PathedPlan): void {
    this.check(plan)
    this.#open.delete(plan)
  }
}
