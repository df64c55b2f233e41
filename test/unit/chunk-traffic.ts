/** What crossed the wire of a device in memory, counted. */

import type { TestDevice } from './engine-world.js'

/** Chunk bytes that crossed the wire in the last sync of a device, both ways. */
export function chunkBytesOf({ requests, answers }: TestDevice): number {
  const sent = requests.flatMap(({ request }) =>
    request.type === 'put' || request.type === 'commit' ? request.chunks : [],
  )
  const got = answers.flatMap((answer) => (answer.type === 'get-chunks' ? answer.chunks : []))
  return [...sent, ...got].reduce((sum, { bytes }) => sum + bytes.length, 0)
}
