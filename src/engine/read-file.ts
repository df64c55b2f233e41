/** `readFile(path)`: the bytes of a file as it is here, as the server has it, or as a kept revision says. What is on demand comes here by it; else it writes nothing. */

import { TidemarkError } from '../errors.js'
import type { Sequence } from '../model/ids.js'
import type { Node } from '../model/node.js'
import type { CycleParts } from './cycle.js'
import { bringHere, type Bringer } from './hydrate.js'
import { isAway } from './hydration.js'
import { rowAt } from './past.js'
import { componentsOf, remoteAt } from './remote-tree.js'
import { checkSize, type ContentParts, fetchWhole, readWhole } from './whole-content.js'

/** As the disk shows it; null when no file stands there. */
export async function readHere(
  parts: ContentParts,
  path: string,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  componentsOf(path)
  return (await readWhole(parts, path, limit, signal))?.bytes ?? null
}

/** As the server has it now: for files that are not on this disk. On demand its content comes here, and is read here. */
export async function readThere(
  parts: CycleParts,
  path: string,
  limit: number,
  cycle: Bringer,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const node = remoteAt(parts.state.trees, path)
  if (node !== null && parts.hydration === 'on-demand' && isAway(parts.state.trees, node.id)) {
    checkSize(path, node.size, limit)
    await bringHere(parts, new Set([node.id]), cycle, signal)
    const bytes = await readHere(parts, path, limit, signal)
    if (bytes !== null) return bytes
  }
  const goesHere = node !== null && parts.state.trees.local(node.id) === 'deleted'
  if (node !== null && !goesHere) return readNode(parts, path, node, limit, signal)
  throw new TidemarkError('not-found', `there is no '${path}'`, {
    subject: path,
    next: 'Look at its history: an earlier revision is read with its sequence.',
  })
}

export async function readRevision(
  parts: ContentParts,
  path: string,
  sequence: Sequence,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return readNode(parts, path, (await rowAt(parts, path, sequence, signal)).node, limit, signal)
}

async function readNode(
  parts: ContentParts,
  path: string,
  { content, size }: Node,
  limit: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (content === null) {
    throw new TidemarkError('invalid', `'${path}' is not a file`, { subject: path, next: 'Give the path of a file.' })
  }
  checkSize(path, size, limit)
  return fetchWhole(parts, path, content, limit, signal)
}
