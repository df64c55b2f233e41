/** Transports of a world that look at what passes, and change nothing of it. */

import { decodeAnswer, decodeRequest, type Transport } from '../../src/index.js'

/** Tells of each commit that would delete something on the server. */
export function tellingDeletes(inner: Transport, onDelete: () => void): Transport {
  return around(inner, async (frame, options) => {
    const request = decodeRequest(frame)
    const changes = request.type === 'commit' ? request.groups.flat() : []
    if (changes.some(({ type }) => type === 'delete')) onDelete()
    return inner.exchange(frame, options)
  })
}

/** Tells of each answer that lacks chunks which were asked for. */
export function tellingAbsent(inner: Transport, onAbsent: () => void): Transport {
  return around(inner, async (frame, options) => {
    const bytes = await inner.exchange(frame, options)
    const answer = decodeAnswer(bytes, decodeRequest(frame))
    if (answer.type === 'get-chunks' && answer.absent.length > 0) onAbsent()
    return bytes
  })
}

function around(inner: Transport, exchange: Transport['exchange']): Transport {
  return {
    workspace: inner.workspace,
    subscribe: (handlers) => inner.subscribe(handlers),
    close: () => inner.close(),
    exchange,
  }
}
