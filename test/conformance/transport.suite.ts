/** The rules every transport obeys, against a real server in memory. Runner-neutral: a case throws when its rule is broken. */

import { memoryServer } from '../../adapters/memory/memory-server.js'
import {
  decodeAnswer,
  encodeRequest,
  isTidemarkError,
  LIMITS,
  portableHasher,
  ROOT_ID,
  type Cursor,
  type Hint,
  type NodeId,
  type Request,
  type Transport,
} from '../../src/index.js'
import { SyncServer, type RemoteStore } from '../../src/server/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Transport` are tried on. */
export interface TransportSubject {
  /** A transport of this user to this server; whatever carries the frames is the subject's own affair. */
  readonly connect: (to: {
    readonly server: SyncServer
    readonly workspace: string
    readonly user: string
    readonly token: string
  }) => Promise<Transport>
  /** Breaks every hint channel that `connect` made, from outside; they may be opened again at once. */
  readonly cut?: () => Promise<void>
  /** A transport to where nobody answers. */
  readonly nowhere?: () => Promise<Transport>
  /** A transport to something that answers, and is no server of ours: a login page. */
  readonly stranger?: () => Promise<Transport>
  /** A transport whose hint channels open and then say nothing, with the silence of TRANSPORT-8 cut to a fraction of a second. */
  readonly silent?: () => Promise<Transport>
}

/** Each is the member of its name: what can go wrong on the way, where there is a way. */
export type TransportCapability = 'cut' | 'nowhere' | 'silent' | 'stranger'

export type TransportCase = Case<TransportSubject, TransportCapability>

const hasher = portableHasher()

/** A server whose answers can be held back, and one transport to it. */
class Bench {
  readonly transport: Transport
  readonly server: SyncServer
  readonly gate: Gate
  cursor: Cursor
  /** Another transport of the same user to the same server. */
  readonly another: () => Promise<Transport>
  #commits = 0

  private constructor(
    another: () => Promise<Transport>,
    transport: Transport,
    server: SyncServer,
    gate: Gate,
    cursor: Cursor,
  ) {
    this.another = another
    this.transport = transport
    this.server = server
    this.gate = gate
    this.cursor = cursor
  }

  static async open(subject: TransportSubject): Promise<Bench> {
    let state = 7
    const bytes = (length: number) =>
      Uint8Array.from({ length }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
    const memory = memoryServer({
      clock: { now: () => 1_000, monotonic: () => 1_000, sleep: async () => undefined },
      random: { bytes },
    })
    const gate = new Gate()
    const server = new SyncServer({
      remote: gated(memory.remote, gate),
      authenticate: (token) => memory.server.authenticate(token),
    })
    await server.open()
    const another = () => subject.connect({ server, workspace: 'notes', user: 'ann', token: memory.addUser('ann') })
    const transport = await another()
    const request = {
      type: 'hello',
      workspace: 'notes',
      device: 'd',
      session: { last: null, next: 'n' },
      cursor: null,
      witness: null,
    } as const
    const answer = decodeAnswer(await transport.exchange(encodeRequest(request)), request)
    assert.ok(answer.type === 'hello' && answer.state.standing === 'current')
    return new Bench(another, transport, server, gate, answer.state.page.cursor)
  }

  /** A commit that does not come through the transport. */
  async commitElsewhere(): Promise<void> {
    this.#commits++
    const name = `n${this.#commits}`
    const node = { id: this.#commits.toString(16).padStart(32, '0') as NodeId, parentId: ROOT_ID, name, key: name }
    const rest = {
      kind: 'directory',
      content: null,
      size: 0,
      modifiedAt: 0,
      executable: false,
      conflictOf: null,
    } as const
    const groups = [[{ type: 'create', ...node, ...rest } as const]]
    const key = this.#commits.toString(16).padStart(32, 'f')
    const request: Request = {
      type: 'commit',
      workspace: 'notes',
      cursor: this.cursor,
      witness: this.cursor,
      key,
      groups,
      manifests: [],
      chunks: [],
    }
    const answer = decodeAnswer(
      await this.server.handle(encodeRequest(request), { user: 'ann', device: null }),
      request,
    )
    assert.ok(answer.type === 'commit' && answer.last === this.#commits)
  }

  pull(): Uint8Array {
    return encodeRequest({ type: 'pull', workspace: 'notes', cursor: this.cursor, witness: this.cursor })
  }

  async close(): Promise<void> {
    this.gate.release()
    await this.transport.close()
    await this.server.close()
  }
}

class Gate {
  running = 0
  most = 0
  /** Told as if a large content had been announced. */
  readonly expecting = new Set<(place: { readonly owner: string; readonly workspace: string }) => void>()
  #opened: Promise<void> = Promise.resolve()
  #open: () => void = () => undefined
  #reached: (() => void)[] = []

  hold(): void {
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
  }

  release(): void {
    this.#open()
  }

  /** Resolves when this many requests wait at the gate. */
  async reached(count: number): Promise<void> {
    while (this.running < count) await new Promise<void>((resolve) => this.#reached.push(resolve))
  }

  async pass<T>(run: () => Promise<T>): Promise<T> {
    this.running++
    this.most = Math.max(this.most, this.running)
    for (const wake of this.#reached.splice(0)) wake()
    try {
      await this.#opened
      return await run()
    } finally {
      this.running--
    }
  }
}

function gated(remote: RemoteStore, gate: Gate): RemoteStore {
  return {
    open: (call) => remote.open(call),
    answer: (principal, request) => gate.pass(() => remote.answer(principal, request)),
    onCommitted: (listener) => remote.onCommitted(listener),
    onArriving: (listener) => {
      gate.expecting.add(listener)
      return () => void gate.expecting.delete(listener)
    },
    isArriving: (place) => remote.isArriving(place),
    workspaces: (principal) => remote.workspaces(principal),
    history: (principal, workspace, id, limit) => remote.history(principal, workspace, id, limit),
    expire: (principal, workspace, before) => remote.expire(principal, workspace, before),
    usage: (principal, workspace) => remote.usage(principal, workspace),
    verify: (options) => remote.verify(options),
    health: () => remote.health(),
    maintain: (options) => remote.maintain(options),
    close: () => remote.close(),
  }
}

const onBench = (run: (bench: Bench) => Promise<void>) => async (subject: TransportSubject) => {
  const bench = await Bench.open(subject)
  try {
    await run(bench)
  } finally {
    await bench.close()
  }
}

/** Hints as they come, and a promise for the next thing to happen. */
class Listener {
  readonly hints: Hint[] = []
  readonly states: string[] = []
  #wake: () => void = () => undefined

  readonly handlers = {
    onHint: (hint: Hint): void => {
      this.hints.push(hint)
      this.#wake()
    },
    onState: (state: 'open' | 'broken'): void => {
      this.states.push(state)
      this.#wake()
    },
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

/** A transport that leads to no server of ours. */
async function alone(make: () => Promise<Transport>, run: (transport: Transport) => Promise<void>): Promise<void> {
  const transport = await make()
  try {
    await run(transport)
  } finally {
    await transport.close()
  }
}

async function isOffline(transport: Transport): Promise<void> {
  const frame = encodeRequest({ type: 'list', workspace: 'notes', at: null, after: null })
  await assert.rejects(
    transport.exchange(frame),
    (error) => isTidemarkError(error) && error.code === 'offline' && error.retryable,
  )
}

export const TRANSPORT_CASES: readonly TransportCase[] = [
  {
    rule: 'TRANSPORT-1',
    title: 'a request beyond a frame is refused and never sent; large ones pass both ways, byte for byte',
    run: onBench(async ({ transport, gate }) => {
      const before = gate.most
      gate.hold()
      await assert.rejects(transport.exchange(new Uint8Array(LIMITS.frameBytes + 1)), withCode('too-large'))
      assert.deepEqual([gate.running, gate.most], [0, before])
      gate.release()
      const chunks = [1, 2].map((fill) => {
        const bytes = Uint8Array.from({ length: LIMITS.chunkBytes - 50_000 }, (_, at) => (at * fill) & 0xff)
        return { digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes } as const
      })
      const put = { type: 'put', workspace: 'notes', manifests: [], chunks } as const
      assert.equal(decodeAnswer(await transport.exchange(encodeRequest(put)), put).type, 'put')
      const get = { type: 'get-chunks', workspace: 'notes', digests: chunks.map(({ digest }) => digest) } as const
      const answer = decodeAnswer(await transport.exchange(encodeRequest(get)), get)
      assert.ok(answer.type === 'get-chunks' && answer.chunks.length === 2)
      for (const [at, { bytes }] of chunks.entries()) assert.deepEqual(answer.chunks[at]?.bytes, bytes)
    }),
  },
  {
    rule: 'TRANSPORT-1',
    title: 'the caller may change its frame after the call, and owns the answer',
    run: onBench(async (bench) => {
      bench.gate.hold()
      const frame = bench.pull()
      const answering = bench.transport.exchange(frame)
      frame.fill(0)
      await bench.gate.reached(1)
      bench.gate.release()
      const answer = await answering
      assert.equal(decodeAnswer(answer).type, 'pull')
      answer.fill(0)
      assert.equal(decodeAnswer(await bench.transport.exchange(bench.pull())).type, 'pull')
    }),
  },
  {
    rule: 'TRANSPORT-2',
    title: 'at most 4 are in flight, further calls wait and are answered',
    run: onBench(async (bench) => {
      bench.gate.hold()
      const answers = Array.from({ length: 11 }, () => bench.transport.exchange(bench.pull()))
      await bench.gate.reached(4)
      bench.gate.release()
      for (const answer of await Promise.all(answers)) assert.equal(decodeAnswer(answer).type, 'pull')
      assert.equal(bench.gate.most, 4)
    }),
  },
  {
    rule: 'TRANSPORT-3',
    title: 'every call gets the answer to its own request',
    run: onBench(async (bench) => {
      const chunks = Array.from({ length: 8 }, (_, at) => {
        const bytes = new Uint8Array(10 + at * 1_000).fill(at)
        return { digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes } as const
      })
      await bench.transport.exchange(encodeRequest({ type: 'put', workspace: 'notes', manifests: [], chunks }))
      const asked = chunks.map(({ digest }) => ({ type: 'get-chunks', workspace: 'notes', digests: [digest] }) as const)
      const answers = await Promise.all(
        asked.map(async (request) => decodeAnswer(await bench.transport.exchange(encodeRequest(request)), request)),
      )
      for (const [at, answer] of answers.entries()) {
        assert.ok(answer.type === 'get-chunks')
        assert.deepEqual(
          answer.chunks.map(({ digest }) => digest),
          [chunks[at]?.digest],
        )
      }
    }),
  },
  {
    rule: 'TRANSPORT-4',
    title: 'what the server refuses comes back as the server says it',
    run: onBench(async (bench) => {
      const frame = encodeRequest({ type: 'list', workspace: 'nowhere', at: null, after: null })
      const code = await bench.transport.exchange(frame).then(
        (answer) => (decodeAnswer(answer) as { readonly code?: string }).code,
        (error: unknown) => (isTidemarkError(error) ? error.code : 'foreign'),
      )
      assert.equal(code, 'not-found')
    }),
  },
  {
    rule: 'TRANSPORT-4',
    title: 'where nobody answers it is offline, and may be tried again',
    needs: ['nowhere'],
    run: ({ nowhere }) => alone(required(nowhere), (transport) => isOffline(transport)),
  },
  {
    rule: 'TRANSPORT-5',
    title: 'a login page is offline, never a frame',
    needs: ['stranger'],
    run: ({ stranger }) => alone(required(stranger), (transport) => isOffline(transport)),
  },
  {
    rule: 'TRANSPORT-6',
    title: 'aborted before, while waiting and in flight; no place is lost by it',
    run: onBench(async (bench) => {
      const early = new AbortController()
      early.abort()
      await assert.rejects(bench.transport.exchange(bench.pull(), { signal: early.signal }), withCode('aborted'))
      bench.gate.hold()
      const controllers = Array.from({ length: 9 }, () => new AbortController())
      const calls = controllers.map(({ signal }) => bench.transport.exchange(bench.pull(), { signal }))
      await bench.gate.reached(4)
      const refused = Promise.all(
        [1, 2, 6, 8].map((at) => assert.rejects(calls[at] ?? Promise.resolve(), withCode('aborted'))),
      )
      for (const at of [1, 2, 6, 8]) controllers[at]?.abort()
      await refused
      bench.gate.release()
      for (const at of [0, 3, 4, 5, 7]) assert.equal(decodeAnswer((await calls[at]) ?? new Uint8Array()).type, 'pull')
      const after = await Promise.all(Array.from({ length: 9 }, () => bench.transport.exchange(bench.pull())))
      assert.equal(after.length, 9)
    }),
  },
  {
    rule: 'TRANSPORT-7',
    title: 'a subscription says that it is open, brings hints of commits made elsewhere, and none once closed',
    run: onBench(async (bench) => {
      const listener = new Listener()
      const subscription = bench.transport.subscribe(listener.handlers)
      assert.deepEqual(listener.states, [], 'handlers never run inside the call')
      await listener.until(() => listener.states.includes('open'))
      await bench.commitElsewhere()
      await listener.until(() => listener.hints.length > 0)
      assert.deepEqual(listener.hints.at(-1), { workspace: 'notes', sequence: 1 })
      await subscription.close()
      await subscription.close()
      const heard = listener.hints.length
      const witness = new Listener()
      bench.transport.subscribe(witness.handlers)
      await witness.until(() => witness.states.includes('open'))
      await bench.commitElsewhere()
      await witness.until(() => witness.hints.length > 0)
      assert.equal(listener.hints.length, heard)
    }),
  },
  {
    rule: 'TRANSPORT-7',
    title: 'a hint that something is on its way comes as such, and is none of a change',
    run: onBench(async (bench) => {
      const listener = new Listener()
      bench.transport.subscribe(listener.handlers)
      await listener.until(() => listener.states.includes('open'))
      for (const tell of bench.gate.expecting) tell({ owner: 'ann', workspace: 'notes' })
      await listener.until(() => listener.hints.length > 0)
      assert.deepEqual(listener.hints, [{ workspace: 'notes', sequence: null, arriving: true }])
    }),
  },
  {
    rule: 'TRANSPORT-7',
    title: 'a channel that is cut is told as broken, opens again by itself, and brings hints again',
    needs: ['cut'],
    run: async (subject) =>
      onBench(async (bench) => {
        const listener = new Listener()
        bench.transport.subscribe(listener.handlers)
        await listener.until(() => listener.states.at(-1) === 'open')
        await required(subject.cut)()
        await listener.until(() => listener.states.includes('broken') && listener.states.at(-1) === 'open')
        await bench.commitElsewhere()
        await listener.until(() => listener.hints.length > 0)
      })(subject),
  },
  {
    rule: 'TRANSPORT-8',
    title: 'a channel that says nothing is told as broken, and opened anew',
    needs: ['silent'],
    run: ({ silent }) =>
      alone(required(silent), async (transport) => {
        const listener = new Listener()
        transport.subscribe(listener.handlers)
        // On a busy machine the first opening itself may take longer than the silence.
        await listener.until(() => /open,broken,(?:broken,)*open/.test(listener.states.join(',')))
      }),
  },
  {
    rule: 'TRANSPORT-9',
    title: 'a subscription where nobody answers is broken, not an error, and can be closed',
    needs: ['nowhere'],
    run: ({ nowhere }) =>
      alone(required(nowhere), async (transport) => {
        const listener = new Listener()
        const subscription = transport.subscribe(listener.handlers)
        await listener.until(() => listener.states.includes('broken'))
        await subscription.close()
        assert.ok(!listener.states.includes('open'))
        assert.deepEqual(listener.hints, [])
      }),
  },
  {
    rule: 'TRANSPORT-10',
    title: 'closing ends subscriptions, is idempotent, and calls after it fail with closed',
    run: onBench(async (bench) => {
      const listener = new Listener()
      bench.transport.subscribe(listener.handlers)
      await listener.until(() => listener.states.includes('open'))
      await bench.transport.close()
      await bench.transport.close()
      await assert.rejects(bench.transport.exchange(bench.pull()), withCode('closed'))
      const other = await bench.another()
      const witness = new Listener()
      other.subscribe(witness.handlers)
      await witness.until(() => witness.states.includes('open'))
      await bench.commitElsewhere()
      await witness.until(() => witness.hints.length > 0)
      await other.close()
      assert.deepEqual(listener.hints, [])
    }),
  },
]
