/** Contents on their way, in a head: short field names, the path as its names. */

import * as v from 'valibot'
import { nameBytes } from '../model/name.js'
import { LIMITS } from './limits.js'
import type { ArrivingContent } from './messages.js'
import { digest, list, name, natural, nodeId } from './schema.js'

const path = v.pipe(
  list(name, LIMITS.depth + 1),
  v.minLength(1),
  v.check((names) => pathBytes(names) <= LIMITS.arrivingPathBytes, 'too-large'),
)

export const arrivingSchema = v.pipe(
  list(v.object({ i: nodeId, n: path, c: digest, s: natural }), LIMITS.arriving),
  v.check((all) => new Set(all.map(({ i }) => i)).size === all.length, 'a node is named once'),
)
export type ArrivingWire = v.InferOutput<typeof arrivingSchema>

/** UTF-8 bytes of the names, with a separator each. */
export function pathBytes(names: readonly string[]): number {
  return names.reduce((sum, one) => sum + nameBytes(one) + 1, 0)
}

export function toArrivingWire(contents: readonly ArrivingContent[]): ArrivingWire {
  return contents.map(({ id, path: names, content, size }) => ({ i: id, n: [...names], c: content, s: size }))
}

export function fromArrivingWire(wire: ArrivingWire): readonly ArrivingContent[] {
  return wire.map(({ i, n, c, s }) => ({ id: i, path: n, content: c, size: s }))
}
