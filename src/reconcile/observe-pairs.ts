/**
 * Moves on a disk without file ids (SPEC 3, rule 2e): a file that vanished and one that appeared are the same node when
 * their content says so and nobody else could be meant.
 */

import type { Digest, NodeId } from '../model/ids.js'
import type { Absent } from './observe-absent.js'
import { type Content, contentOf } from './observe-content.js'
import type { Scan, Sighting } from './observe-scan.js'

/** Claims the pairs; returns the sightings that stay without a node. */
export function pairByContent(
  scan: Scan,
  strangers: readonly Sighting[],
  contents: Map<Sighting, Content>,
  absent: Absent,
): readonly Sighting[] {
  if (scan.context.traits.fileIds !== 'none') return strangers
  const vanished = new Uniques<NodeId>()
  for (const id of absent.deleted) {
    const node = scan.known.seen(id)?.node
    if (node !== undefined && node.content !== null && node.size > 0) vanished.add(node.content, id)
  }
  const appeared = new Uniques<Sighting>()
  for (const sighting of strangers) {
    const content = contents.get(sighting)
    if (content !== undefined) appeared.add(content.content, sighting)
  }
  return strangers.filter((sighting) => {
    const content = contents.get(sighting)
    if (content === undefined || appeared.only(content.content) === null) return true
    const id = vanished.only(content.content)
    if (id === null) return true
    scan.files.set(id, sighting)
    // Once more with its node: content that did not change keeps its time.
    contents.set(sighting, contentOf(scan, id, sighting) ?? content)
    absent.deleted.delete(id)
    return false
  })
}

/** Values by digest; a digest with two values has none. */
class Uniques<Value> {
  readonly #values = new Map<Digest, Value | null>()

  add(digest: Digest, value: Value): void {
    this.#values.set(digest, this.#values.has(digest) ? null : value)
  }

  only(digest: Digest): Value | null {
    return this.#values.get(digest) ?? null
  }
}
