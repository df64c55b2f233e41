/** Those who call the server of an HTTP test: users with their transports, a listener to hints, and bare requests. */

import type { ExecutionContext } from 'ava'
import { accountClient } from '../../adapters/node/account-client.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import type { HttpTransportOptions } from '../../adapters/node/http-transport.js'
import type { LoggedIn } from '../../adapters/shared/account-client.js'
import { decodeAnswer, encodeRequest, isTidemarkError, ROOT_ID, toHex } from '../../src/index.js'
import type { Answer, Cursor, Hint, NodeId, Request, Transport } from '../../src/index.js'
import { httpWorld, PASSWORD, realRandom } from './http-world.js'
import type { HttpWorld } from './http-world.js'

export const QUICK = { silenceMs: 45_000, backoffMs: 5, maxBackoffMs: 20 }

export async function worldFor(t: ExecutionContext, options: Parameters<typeof httpWorld>[0] = {}): Promise<HttpWorld> {
  const world = await httpWorld(options)
  t.teardown(() => world.close())
  return world
}

export async function join(t: ExecutionContext, world: HttpWorld, name: string, device = 'laptop'): Promise<LoggedIn> {
  const client = accountClient({ url: world.url })
  t.teardown(() => client.close())
  return client.register({ name, password: PASSWORD, device })
}

export function transportFor(
  t: ExecutionContext,
  world: { readonly url: string },
  token: string,
  options: Partial<HttpTransportOptions> = {},
): Transport {
  const transport = httpTransport({ url: world.url, workspace: 'notes', token, hints: QUICK, ...options })
  t.teardown(() => transport.close())
  return transport
}

export async function ask<R extends Request>(transport: Transport, request: R): Promise<Answer> {
  return decodeAnswer(await transport.exchange(encodeRequest(request)))
}

const randomId = (): string => toHex(realRandom.bytes(16))

export async function hello(transport: Transport, device = randomId()): Promise<Cursor> {
  const session = { last: null, next: randomId() }
  const answer = await ask(transport, {
    type: 'hello',
    workspace: transport.workspace,
    device,
    session,
    cursor: null,
    witness: null,
  })
  if (answer.type !== 'hello' || answer.state.standing !== 'current')
    throw new Error(`hello was answered by ${JSON.stringify(answer)}`)
  return answer.state.page.cursor
}

export function mkdirRequest(workspace: string, cursor: Cursor, name: string): Request {
  const create = {
    type: 'create',
    id: randomId() as NodeId,
    parentId: ROOT_ID,
    name,
    key: name,
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  } as const
  const witness = { sequence: cursor.sequence, hash: cursor.hash }
  return { type: 'commit', workspace, cursor, witness, key: randomId(), groups: [[create]], manifests: [], chunks: [] }
}

/** What a channel tells, as promises: the next hint, the next change of state. */
export function listenTo(
  t: ExecutionContext,
  transport: Transport,
): { readonly hint: () => Promise<Hint>; readonly state: () => Promise<string>; readonly close: () => Promise<void> } {
  const hints = mailbox<Hint>()
  const states = mailbox<string>()
  const subscription = transport.subscribe({ onHint: hints.put, onState: states.put })
  t.teardown(() => subscription.close())
  return { hint: hints.take, state: states.take, close: () => subscription.close() }
}

export function mailbox<T>(): { readonly put: (value: T) => void; readonly take: () => Promise<T> } {
  const held: T[] = []
  const waiting: ((value: T) => void)[] = []
  return {
    put: (value) => {
      const next = waiting.shift()
      if (next === undefined) held.push(value)
      else next(value)
    },
    take: () => {
      const first = held.shift()
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first)
    },
  }
}

export async function codeOf(run: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof run === 'function' ? run() : run)
    return 'fine'
  } catch (error) {
    if (isTidemarkError(error)) return error.code
    throw error
  }
}

export const FRAME = Uint8Array.of(1, 2, 3)

export async function raw(
  world: HttpWorld,
  method: string,
  path: string,
  options: {
    readonly token?: string
    readonly type?: string
    readonly body?: Uint8Array | string
    readonly headers?: Record<string, string>
  } = {},
): Promise<{ readonly status: number; readonly bytes: Uint8Array; readonly text: string; readonly headers: Headers }> {
  const { body } = options
  const headers: Record<string, string> = { ...options.headers }
  if (options.token !== undefined) headers['authorization'] = `Bearer ${options.token}`
  if (options.type !== undefined) headers['content-type'] = options.type
  const controller = new AbortController()
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers,
    redirect: 'manual',
    signal: controller.signal,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : Uint8Array.from(body) }),
  })
  const isChannel = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const bytes = isChannel ? new Uint8Array() : new Uint8Array(await response.arrayBuffer())
  if (isChannel) controller.abort()
  return { status: response.status, bytes, text: new TextDecoder().decode(bytes), headers: response.headers }
}

export const codeIn = (text: string): unknown => (JSON.parse(text) as { error?: { code?: unknown } }).error?.code
