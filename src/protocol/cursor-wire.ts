/** Cursors, witnesses, pages and standings in a head. A page that could not be true is refused here already. */

import * as v from 'valibot'
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
