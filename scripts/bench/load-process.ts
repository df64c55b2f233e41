/**
 * Idle subscribers of a server, in a process of their own: the hint channels of the shipped client, which hear nothing.
 * Arguments: checkout, url, how many channels for each token. Tokens come from the parent; 'open' goes back when all are.
 */

import { resolve } from 'node:path'
import type * as node from 'tidemark/node'

const [checkout = '', url = '', each = ''] = process.argv.slice(2)
const { httpTransport } = (await import(resolve(checkout, 'dist/node.js'))) as typeof node
process.once('disconnect', () => process.exit())

process.on('message', (tokens: readonly string[]) => {
  Promise.all(tokens.flatMap((token) => Array.from({ length: Number(each) }, () => opened(token)))).then(
    () => process.send?.('open'),
    (error: unknown) => process.send?.(String(error)),
  )
})
process.send?.('up')

/** The channel stays open until this process ends. */
function opened(token: string): Promise<void> {
  return new Promise((done, failed) => {
    httpTransport({ url, workspace: 'idle', token }).subscribe({
      onHint: () => failed(new Error('an idle workspace changed')),
      onState: (state) => (state === 'open' ? done() : failed(new Error('a channel broke'))),
    })
  })
}
