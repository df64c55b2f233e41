/**
 * The page's end of the line: server objects that stand in the page, for HTTP listeners that stand in Node. Runs as
 * `globalThis.line`; what goes over it is plain data and bytes.
 */

import { type Hint, isTidemarkError } from '../../../src/index.js'
import type { Principal, SyncServer } from '../../../src/server/index.js'

/** What became of a call; a refusal is an error of the library, taken apart. */
export type LineEnd<T> =
  | { readonly value: T }
  | { readonly refusal: { readonly code: string; readonly message: string; readonly retryable: boolean } }

const servers = new Map<string, SyncServer>()
const channels = new Map<string, HintChannel>()

/** The path on the page's own origin that leads to this server from now on, and never to another. */
export function mountServer(server: SyncServer): string {
  const id = String(servers.size + 1)
  servers.set(id, server)
  return `/line/${id}/sync`
}

/** Hints wait here until the other end asks for them. */
class HintChannel {
  #waiting: Hint[] = []
  #wake: () => void = () => undefined
  #isEnded = false
  readonly #undo: () => void

  constructor(server: SyncServer, principal: Principal, workspaces: readonly string[]) {
    this.#undo = server.subscribe(principal, workspaces, (hint) => {
      this.#waiting.push(hint)
      this.#wake()
    })
  }

  /** At least one; null once it was ended. */
  async next(): Promise<readonly Hint[] | null> {
    while (this.#waiting.length === 0 && !this.#isEnded) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.#isEnded ? null : this.#waiting.splice(0)
  }

  end(): void {
    this.#undo()
    this.#isEnded = true
    this.#wake()
  }
}

function server(id: string): SyncServer {
  const found = servers.get(id)
  if (found === undefined) throw new RangeError(`no server ${id} in this page`)
  return found
}

async function ended<T>(run: () => Promise<T> | T): Promise<LineEnd<T>> {
  try {
    return { value: await run() }
  } catch (error) {
    if (!isTidemarkError(error)) throw error
    const { code, message, retryable } = error
    return { refusal: { code, message, retryable } }
  }
}

Object.assign(globalThis, {
  line: {
    authenticate: (id: string, token: string) => ended(() => server(id).authenticate(token)),
    handle: (id: string, frame: Uint8Array, principal: Principal) => ended(() => server(id).handle(frame, principal)),
    subscribe: (id: string, channel: string, principal: Principal, workspaces: readonly string[]) =>
      ended(() => void channels.set(channel, new HintChannel(server(id), principal, workspaces))),
    hints: (channel: string) => channels.get(channel)?.next() ?? null,
    unsubscribe: (channel: string) => {
      channels.get(channel)?.end()
      channels.delete(channel)
    },
  },
})
