/** Cursors, witnesses, pages and standings in a head. A page that could not be true is refused here already. */

import * as v from 'valibot'
import type { Cursor } from '../model/cursor.js'
import { LIMITS } from './limits.js'
import type { Page, Standing } from './messages.js'
import { fromRevisionWire, revisionSchema, toRevisionWire } from './node-wire.js'
import { digest, epoch, flag, list, natural } from './schema.js'

export const cursorSchema = v.object({ epoch, sequence: natural, hash: digest })
export const witnessSchema = v.object({ sequence: natural, hash: digest })

const pageSchema = v.pipe(
  v.object({
    from: natural,
    revisions: list(revisionSchema, LIMITS.pageRevisions),
    cursor: cursorSchema,
    head: flag,
  }),
  v.check(({ from, cursor }) => cursor.sequence >= from, 'a page does not go back'),
  v.check(({ head, cursor, from }) => head || cursor.sequence > from, 'a page before the head goes on'),
  v.check(({ from, revisions, cursor }) => {
    let last = from
    return revisions.every(({ q }) => {
      const grows = q > last && q <= cursor.sequence
      last = q
      return grows
    })
  }, 'sequences grow from the page start to its cursor'),
  v.check(
    ({ revisions }) => new Set(revisions.map(({ i }) => i)).size === revisions.length,
    'a node comes once in a page',
  ),
)
type PageWire = v.InferOutput<typeof pageSchema>

export const standingSchema = v.variant('standing', [
  v.object({ standing: v.literal('current'), page: pageSchema }),
  v.object({ standing: v.literal('expired'), epoch }),
  v.object({ standing: v.literal('diverged'), epoch }),
])
export type StandingWire = v.InferOutput<typeof standingSchema>

/** Of a `pull` that reads small answers: the cursor is the head. What the device sent is not told back to it. */
export const unchangedSchema = v.object({ standing: v.literal('unchanged') })
export const UNCHANGED = { standing: 'unchanged' } as const

/** Whether nothing came after the cursor. */
export function isUnchanged(state: Standing, cursor: Cursor): boolean {
  if (state.standing !== 'current') return false
  const { revisions, head, cursor: at } = state.page
  return head && revisions.length === 0 && at.sequence === cursor.sequence && at.hash === cursor.hash
}

export function unchangedSince(cursor: Cursor): Standing {
  return { standing: 'current', page: { from: cursor.sequence, revisions: [], cursor, head: true } }
}

function toPageWire({ from, revisions, cursor, head }: Page): PageWire {
  return { from, revisions: revisions.map(toRevisionWire), cursor, head }
}

export function toStandingWire(state: Standing): StandingWire {
  return state.standing === 'current'
    ? { standing: 'current', page: toPageWire(state.page) }
    : { standing: state.standing, epoch: state.epoch }
}

export function fromStandingWire(wire: StandingWire): Standing {
  if (wire.standing !== 'current') return wire
  return { standing: 'current', page: { ...wire.page, revisions: wire.page.revisions.map(fromRevisionWire) } }
}
