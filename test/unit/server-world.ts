/** A server in memory, a tree planted in it, and what its tests say to it: short ways to make requests, nothing that judges. */

import { memoryServer, type MemoryServer, type MemoryServerOptions } from '../../adapters/memory/memory-server.js'
import { manifestDigest } from '../../src/content/manifest.js'
import { portableHasher } from '../../src/content/portable-hasher.js'
import type {
  AnnounceAnswer,
  Change,
  ChangeGroup,
  ChangeResult,
  Clock,
  CommitAnswer,
  CreateChange,
  Cursor,
  HelloAnswer,
  ListAnswer,
  Manifest,
  NodeId,
  Page,
  PullAnswer,
  Random,
  Request,
  AnswerTo,
  Revision,
  Standing,
  WireChunk,
  WireManifest,
} from '../../src/index.js'
import { ROOT_ID } from '../../src/index.js'
import type { Principal } from '../../src/server/index.js'

export const hasher = portableHasher()
export const id = (value: number): NodeId => value.toString(16).padStart(32, '0') as NodeId
export const ANN: Principal = { user: 'ann', device: null }
export const BOB: Principal = { user: 'bob', device: null }

/** Numerical Recipes' generator: the same bytes for the same seed, everywhere. */
export function seeded(seed: number): Random & { readonly below: (limit: number) => number } {
  let state = seed >>> 0
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff), below: (limit) => next() % limit }
}

export interface Content {
  readonly manifest: WireManifest & { readonly form: 'whole' }
  readonly chunks: readonly WireChunk[]
  readonly given: { readonly content: WireManifest['digest']; readonly size: number }
}

/** A content of one chunk per text. */
export function content(...texts: readonly string[]): Content {
  const chunks = texts.map((text): WireChunk => {
    const bytes = new TextEncoder().encode(text)
    return { digest: hasher.digest('chunk', bytes), encoding: 'identity', bytes }
  })
  const refs = chunks.map(({ digest, bytes }) => ({ digest, length: bytes.length }))
  const manifest: Manifest = { chunks: refs, size: refs.reduce((sum, { length }) => sum + length, 0) }
  const digest = manifestDigest(hasher, manifest)
  return { manifest: { form: 'whole', digest, manifest }, chunks, given: { content: digest, size: manifest.size } }
}

export function directory(number: number, name: string, rest: Partial<CreateChange> = {}): CreateChange {
  const fixed = {
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  } as const
  return { type: 'create', id: id(number), parentId: ROOT_ID, name, key: rest.name ?? name, ...fixed, ...rest }
}

export function file(number: number, name: string, of: Content, rest: Partial<CreateChange> = {}): CreateChange {
  return { ...directory(number, name), kind: 'file', ...of.given, modifiedAt: 5, ...rest }
}

export function move(number: number, base: number, parentId: NodeId, name: string): Change {
  return { type: 'update', id: id(number), base, placement: { parentId, name, key: name } }
}

export const remove = (number: number, base: number): Change => ({ type: 'delete', id: id(number), base })

/** 'accepted 3', 'unchanged 2', 'refused stale'. */
export function said(result: ChangeResult | undefined): string {
  if (result === undefined) return 'nothing'
  return result.verdict === 'refused' ? `refused ${result.reason}` : `${result.verdict} ${result.sequence}`
}

export const saidAll = (results: readonly (readonly ChangeResult[])[]): readonly (readonly string[])[] =>
  results.map((group) => group.map(said))

export interface CommitExtras {
  readonly manifests?: readonly WireManifest[]
  readonly chunks?: readonly WireChunk[]
  readonly key?: string
  readonly principal?: Principal
  readonly cursor?: Cursor
}

export class World {
  readonly memory: MemoryServer
  readonly random: ReturnType<typeof seeded>
  now = 1_000
  cursor: Cursor = { epoch: id(0) as never, sequence: 0, hash: '' as never }
  #keys = 0

  constructor(options: Partial<MemoryServerOptions> & { readonly seed?: number } = {}) {
    this.random = seeded(options.seed ?? 1)
    const clock: Clock = { now: () => this.now, monotonic: () => this.now, sleep: async () => undefined }
    this.memory = memoryServer({ clock, random: this.random, ...options })
  }

  async open(): Promise<this> {
    await this.memory.server.open()
    const { state } = await this.hello(ANN)
    if (state.standing !== 'current') throw new RangeError(state.standing)
    this.cursor = state.page.cursor
    return this
  }

  ask<R extends Request>(request: R, principal: Principal = ANN): Promise<AnswerTo<R>> {
    return this.memory.remote.answer(principal, request)
  }

  hello(
    principal: Principal,
    cursor: Cursor | null = null,
    session = { last: null as string | null, next: 'n1' },
  ): Promise<HelloAnswer> {
    return this.ask({ type: 'hello', workspace: 'notes', device: 'd1', session, cursor, witness: cursor }, principal)
  }

  commit(groups: readonly ChangeGroup[], extras: CommitExtras = {}): Promise<CommitAnswer> {
    const { manifests = [], chunks = [], key = this.key(), principal = ANN, cursor = this.cursor } = extras
    return this.ask(
      { type: 'commit', workspace: 'notes', cursor, witness: cursor, key, groups, manifests, chunks },
      principal,
    )
  }

  key(): string {
    this.#keys++
    return this.#keys.toString(16).padStart(32, 'f')
  }

  announce(groups: readonly ChangeGroup[], manifests: readonly WireManifest[] = []): Promise<AnnounceAnswer> {
    const { cursor } = this
    return this.ask({ type: 'announce', workspace: 'notes', cursor, witness: cursor, groups, manifests })
  }

  async put(...contents: readonly Content[]): Promise<void> {
    await this.ask({
      type: 'put',
      workspace: 'notes',
      manifests: contents.map(({ manifest }) => manifest),
      chunks: contents.flatMap(({ chunks }) => chunks),
    })
  }

  pull(
    cursor: Cursor,
    witness: { readonly sequence: number; readonly hash: Cursor['hash'] } = cursor,
  ): Promise<PullAnswer> {
    return this.ask({ type: 'pull', workspace: 'notes', cursor, witness })
  }

  list(at: Cursor | null, after: NodeId | null): Promise<ListAnswer> {
    return this.ask({ type: 'list', workspace: 'notes', at, after })
  }

  async page(cursor: Cursor): Promise<Page> {
    return pageOf((await this.pull(cursor)).state)
  }

  /** Every live node of the workspace. */
  async tree(): Promise<readonly Revision[]> {
    const found: Revision[] = []
    for (let after: NodeId | null = null; ; ) {
      const answer: ListAnswer = await this.list(null, after)
      found.push(...answer.revisions)
      if (answer.after === null) return found
      after = answer.after
    }
  }
}

export function pageOf(state: Standing): Page {
  if (state.standing !== 'current') throw new RangeError(state.standing)
  return state.page
}

export const X = content('x')
export const Y = content('y', 'yy')

/** Sequences: 1 box, 2 box/inner, 3 file X, 4 buried (file X), 5 its delete. */
export async function planted(options: ConstructorParameters<typeof World>[0] = {}): Promise<World> {
  const world = await new World(options).open()
  await world.put(X, Y)
  await world.commit([
    [directory(1, 'box')],
    [directory(2, 'inner', { parentId: id(1) })],
    [file(3, 'file', X)],
    [file(4, 'buried', X)],
  ])
  await world.commit([[remove(4, 4)]])
  return world
}

/** What a thrown error is expected to be. */
export const code = (expected: string) => ({ code: expected })

/** A content whose manifest and chunks the server does not hold. */
export const lost = content('never sent')
