/**
 * Hint channels by server-sent events: one per device and request, ended when its token is.
 * Sends hints only; a reader that does not read is dropped, never buffered for.
 */

import type { Request, Response } from 'express'
import { TidemarkError } from '../../src/index.js'
import type { Hint } from '../../src/index.js'
import type { Packages } from './packages.js'
import type { ServedPrincipal, SyncFrames } from './served.js'

export interface HintChannelsParts {
  readonly createSession: Packages['createSession']
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

export class HintChannels {
  readonly #parts: HintChannelsParts
  readonly #open = new Set<() => void>()
  #isEnded = false

  constructor(parts: HintChannelsParts) {
    this.#parts = parts
  }

  /** Resolves when the channel is open; it ends with its connection, its token or `end()`. */
  async serve(request: Request, response: Response, reader: HintReader): Promise<void> {
    if (this.#isEnded) throw new TidemarkError('busy', 'the server is stopping', { retryable: true })
    if (!URL.canParse(`http://${request.headers.host ?? 'localhost'}`))
      throw new TidemarkError('invalid', 'the host header cannot be read')
    const early: Hint[] = []
    let push = (hint: Hint): void => void early.push(hint)
    const undo: (() => void)[] = []
    const end = (): void => {
      this.#open.delete(end)
      for (const step of undo.splice(0)) step()
      response.end()
    }
    undo.push(this.#parts.server.subscribe(reader.principal, reader.workspaces, (hint) => push(hint)))
    try {
      this.#watchToken(reader, end, undo)
      this.#open.add(end)
      response.once('close', end)
      // Its answer may be older than the watch on the token: asked again, no revocation falls between.
      await this.#parts.server.authenticate(reader.token)
      const session = await this.#parts.createSession(request, response, {
        keepAlive: this.#parts.heartbeatMs,
        trustClientEventId: false,
      })
      push = (hint) => {
        if (response.writableLength > MAX_UNREAD_BYTES) response.destroy()
        else if (session.isConnected) session.push(hint, 'hint', '')
      }
      for (const hint of early.splice(0)) push(hint)
    } catch (error) {
      this.#open.delete(end)
      for (const step of undo.splice(0)) step()
      throw error
    }
  }

  /** Ends all channels and takes no more: a server that stops would wait for them for ever. */
  end(): void {
    this.#isEnded = true
    for (const end of this.#open) end()
  }

  #watchToken(reader: HintReader, end: () => void, undo: (() => void)[]): void {
    const { server, onRevoked, heartbeatMs } = this.#parts
    if (onRevoked !== null) undo.push(onRevoked((device) => device === reader.principal.device && end()))
    // Not being able to tell is an end too: the reader comes back and asks again.
    const check = (): void => void server.authenticate(reader.token).catch(end)
    const timer = setInterval(check, heartbeatMs).unref()
    undo.push(() => clearInterval(timer))
  }
}
