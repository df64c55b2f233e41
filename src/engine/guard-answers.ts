/** A person's yes or no to a guard that waits (DESIGN 4.8): written down before anything follows from it. */

import { TidemarkError } from '../errors.js'
import type { Guard } from '../model/plan.js'
import { declineDeletes } from './decline.js'
import type { Session } from './session.js'

/** The deletes may happen. Fails with `not-found` when the guard does not wait. */
export async function confirmGuard(session: Session, id: string): Promise<void> {
  const { state, dirty } = session
  waiting(session, id)
  state.set('confirmed', { ids: [...new Set([...(state.get('confirmed')?.ids ?? []), id])] })
  await state.saveOnly('confirmed')
  dirty.remote()
}

/** The deletes are taken back: what is missing on one side comes back from the other. Between two cycles only. */
export async function declineGuard(session: Session, id: string): Promise<void> {
  const { state, dirty } = session
  declineDeletes(state.trees, waiting(session, id))
  await state.save()
  dirty.remote()
}

function waiting({ cycle }: Session, id: string): Guard {
  const guard = cycle.lastPlan?.guards.find((open) => open.id === id)
  if (guard !== undefined) return guard
  throw new TidemarkError('not-found', `no guard '${id}' waits`, { subject: id, next: 'Look at status.guards.' })
}
