/**
 * Hint channels by server-sent events, each ended with its connection, its token or the server.
 * Sends hints only; a reader that does not read is dropped, never buffered for.
 * The library writes the events; the connection is held here, so that one that goes away while it opens leaves nothing behind.
 */

import type { Response } from 'express'
import { TidemarkError } from '../../src/index.js'
import type { Hint } from '../../src/index.js'
import { EVENTS_TYPE } from '../shared/http-wire.js'
import type { Packages } from './packages.js'
import type { ServedPrincipal, SyncFrames } from './served.js'

export interface HintChannelsParts {
  readonly createEventBuffer: Packages['createEventBuffer']
  readonly server: Pick<SyncFrames, 'authenticate' | 'subscribe'>
  readonly heartbeatMs: number
  /** Tells of devices that lost their token; absent where another process may revoke: then the heartbeat finds out. */
  readonly onRevoked: ((listener: (device: string) => void) => () => void) | null
}

export interface HintReader {
  readonly principal: ServedPrincipal
  readonly token: string
  readonly workspaces: readonly string[]
}

const MAX_UNREAD_BYTES = 64 * 1024
/** `no-transform` keeps proxies from compressing, the other from collecting. */
const HEAD = {
  'content-type': EVENTS_TYPE,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const

export class HintChannels {
  readonly #parts: HintChannelsParts
  readonly #open = new Set<() => void>()
  #isEnded = false

  constructor(parts: HintChannelsParts) {
    this.#parts = parts
  }

  /** Resolves when the channel is open, or its reader has gone away. */
  async serve(response: Response, reader: HintReader): Promise<void> {
    if (this.#isEnded) throw stopping()
    const { server, onRevoked, heartbeatMs } = this.#parts
    const undo: (() => void)[] = []
    let state: 'opening' | 'open' | 'ended' = 'opening'
    const end = (): void => {
      if (state === 'open') response.end()
      state = 'ended'
      this.#open.delete(end)
      for (const step of undo.splice(0)) step()
    }
    const early: Hint[] = []
    const tell = (hint: Hint): void => {
      if (state === 'opening') early.push(hint)
      else this.#write(response, hint)
    }
    undo.push(server.subscribe(reader.principal, reader.workspaces, tell))
    try {
      response.once('close', end)
      this.#open.add(end)
      if (onRevoked !== null) undo.push(onRevoked((device) => device === reader.principal.device && end()))
      // Asked again now that revocations are heard of: none falls between.
      await server.authenticate(reader.token)
      if (response.destroyed) return
      if (isEnded(state)) throw stopping()
      response.writeHead(200, HEAD)
      state = 'open'
      this.#write(response, null)
      for (const hint of early) this.#write(response, hint)
      undo.push(this.#beat(response, reader.token, heartbeatMs, end))
    } catch (error) {
      end()
      throw error
    }
  }

  /** Ends all channels and takes no more: a server that stops would wait for them for ever. */
  end(): void {
    this.#isEnded = true
    for (const end of this.#open) end()
  }

  /** Shows the reader that the channel lives, and the server that the token does (SEC-26). */
  #beat(response: Response, token: string, everyMs: number, end: () => void): () => void {
    const timer = setInterval(() => {
      this.#write(response, null)
      // Not being able to tell is an end too: the reader comes back and asks again.
      this.#parts.server.authenticate(token).catch(end)
    }, everyMs).unref()
    return () => clearInterval(timer)
  }

  /** Null is a comment. */
  #write(response: Response, hint: Hint | null): void {
    if (response.destroyed || response.writableEnded) return
    if (response.writableLength > MAX_UNREAD_BYTES) {
      response.destroy()
      return
    }
    const buffer = this.#parts.createEventBuffer()
    if (hint === null) buffer.comment().dispatch()
    else buffer.event('hint').data(hint).dispatch()
    response.write(buffer.read())
  }
}

/** Asked through a function: what an `await` may have changed is not what was known before it. */
function isEnded(state: 'opening' | 'open' | 'ended'): boolean {
  return state === 'ended'
}

function stopping(): TidemarkError {
  return new TidemarkError('busy', 'the channel was ended while it opened', { retryable: true })
}
