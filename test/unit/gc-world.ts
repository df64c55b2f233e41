/**
 * A server whose every store call waits for its turn, and who gets the turn is drawn from a seed: clients, time, crashes
 * and garbage collection meet between any two of their steps. After each step the references are looked through.
 */

import { memoryChunkStore } from '../../adapters/shared/memory-chunk-store.js'
import { memoryMetadataStore } from '../../adapters/shared/memory-metadata-store.js'
import { decodeManifest } from '../../src/content/manifest.js'
import type { ChunkStore, Digest, MetadataStore, OrphanRecord, WorkspaceId } from '../../src/index.js'
import { remoteStore, type RemoteStore } from '../../src/server/index.js'
import { ANN, content, type Content, file, hasher, id, seeded, World } from './server-world.js'

const HOUR = 3_600_000

/** What may be broken on purpose, so that the checks prove themselves. */
export type Planted = 'none' | 'commit-sees-no-orphans' | 'collection-sees-notes-unmoved' | 'put-leaves-notes'

/** Gives one waiting step after another its turn, in an order drawn from a seed. */
class Turns {
  readonly #below: (limit: number) => number
  #waiting: { readonly go: () => void; readonly fail: (error: Error) => void }[] = []

  constructor(below: (limit: number) => number) {
    this.#below = below
  }

  /** Whether a call has ended that may have changed what is named or held. */
  isTouched = false

  wait(): Promise<void> {
    return new Promise((go, fail) => this.#waiting.push({ go, fail }))
  }

  get idle(): boolean {
    return this.#waiting.length === 0
  }

  step(): void {
    const [next] = this.#waiting.splice(this.#below(this.#waiting.length), 1)
    next?.go()
  }

  /** Everybody's process dies: transactions are rolled back, what the stores hold stays. */
  crash(): void {
    for (const { fail } of this.#waiting.splice(0)) fail(new Error('crashed'))
  }
}

type Method = (...args: readonly unknown[]) => unknown

/** The same object, with a turn before and after each call. `inside` changes what a transaction or a snapshot is given. */
function stepped<T extends object>(target: T, turns: Turns, inside: (given: object, how: string) => object): T {
  return new Proxy(target, {
    get: (_target, name) => {
      const method = Reflect.get(target, name) as unknown
      if (typeof method !== 'function') return method
      return async (...args: readonly unknown[]) => {
        const given = args.map((arg) =>
          typeof arg === 'function'
            ? (reader: object) => (arg as Method)(stepped(inside(reader, String(name)), turns, inside))
            : arg,
        )
        await turns.wait()
        const result = await (method as Method).apply(target, given)
        turns.isTouched ||= name === 'transact' || name === 'remove'
        await turns.wait()
        return result
      }
    },
  })
}

const shadow = (target: object, methods: Record<string, Method>): object =>
  new Proxy(target, {
    get: (_target, name) => {
      const own = methods[String(name)]
      if (own !== undefined) return own
      const found = Reflect.get(target, name) as unknown
      return typeof found === 'function' ? (found as Method).bind(target) : found
    },
  })

function planter(planted: Planted): (given: object, how: string) => object {
  if (planted === 'commit-sees-no-orphans')
    return (given, how) => {
      const reader = given as { orphans(kind: string, digests: readonly Digest[]): Promise<Map<Digest, OrphanRecord>> }
      // A collection reads condemned ones only where it looks at notes again.
      const orphans: Method = async (kind, digests) => {
        const found = await reader.orphans(kind as string, digests as readonly Digest[])
        return kind === 'chunk' && !isCollecting ? new Map() : found
      }
      return how === 'transact' || how === 'read' ? shadow(given, { orphans }) : given
    }
  if (planted === 'put-leaves-notes')
    return (given) => {
      const writer = given as { dropOrphans?: (kind: string, digests: readonly Digest[]) => Promise<void> }
      const dropOrphans: Method = async (kind, digests) =>
        isCollecting ? writer.dropOrphans?.(kind as string, digests as readonly Digest[]) : undefined
      return shadow(given, { dropOrphans })
    }
  return (given) => given
}

let isCollecting = false

export class GcWorld {
  readonly turns: Turns
  readonly random: ReturnType<typeof seeded>
  readonly metadata: MetadataStore = memoryMetadataStore()
  readonly chunks: ChunkStore = memoryChunkStore()
  readonly contents: readonly Content[]
  readonly #planted: Planted
  #remote: RemoteStore
  world: World
  workspace: WorkspaceId = '' as WorkspaceId
  accepted = 0
  crashes = 0
  removed = 0
  refused = 0

  constructor(seed: number, planted: Planted) {
    this.random = seeded(seed)
    this.turns = new Turns(this.random.below)
    this.#planted = planted
    const texts = Array.from({ length: 7 }, (_, at) => `text ${at}`)
    this.contents = Array.from({ length: 10 }, () =>
      content(...Array.from({ length: 1 + this.random.below(3) }, () => texts[this.random.below(texts.length)] ?? '')),
    )
    this.world = new World({ metadata: this.metadata, chunks: this.chunks, seed })
    this.#remote = this.#start()
  }

  #start(): RemoteStore {
    const { turns, world } = this
    const inside = planter(this.#planted)
    return remoteStore({
      metadata: stepped(this.metadata, turns, inside),
      chunks: stepped(this.chunks, turns, inside),
      hasher,
      random: world.random,
      clock: { now: () => world.now, monotonic: () => 0, sleep: async () => undefined },
      // never opened, so no loop runs: rounds are asked for
      maintenance: { retentionDays: 2 },
    })
  }

  async open(): Promise<this> {
    await this.world.open()
    this.workspace = (await this.metadata.find('ann', 'notes')) ?? this.workspace
    // from here on every request goes through the stepped stores
    this.world.ask = (request, principal) => this.#remote.answer(principal ?? ANN, request)
    return this
  }

  /** Lets actors work until all are through; returns what is broken, or null. */
  async run(actors: readonly (() => Promise<void>)[]): Promise<string | null> {
    const { turns, random } = this
    let open = 0
    const begin = (actor: () => Promise<void>): void => {
      open += 1
      void actor()
        .catch((error: unknown) => {
          if (!(error instanceof Error) || !/crashed/.test(error.message)) this.#failure = String(error)
        })
        .finally(() => (open -= 1))
    }
    actors.forEach(begin)
    await new Promise(setImmediate)
    while (open > 0) {
      if (turns.idle) {
        await new Promise(setImmediate)
        continue
      }
      if (random.below(400) === 0) {
        this.crashes += 1
        turns.crash()
        await new Promise(setImmediate)
        this.#remote = this.#start()
        actors.forEach(begin)
        if (this.crashes > 3) return this.#failure
        continue
      }
      if (random.below(8) === 0) this.world.now += random.below(16) * HOUR
      turns.step()
      await new Promise(setImmediate)
      const broken = this.#failure ?? (turns.isTouched ? await this.dangling() : null)
      turns.isTouched = false
      if (broken !== null) return broken
    }
    return this.#failure
  }

  #failure: string | null = null

  /** Uploads, or trusts that the server holds it already; then commits. As a device does, it takes no for an answer. */
  async client(number: number, rounds: number): Promise<void> {
    const { random, world } = this
    for (let round = 0; round < rounds; round += 1) {
      const of = this.contents[random.below(this.contents.length)]
      if (of === undefined) return
      if (random.below(3) > 0) await world.put(of)
      const node = number * 100 + random.below(3)
      const known = await this.metadata.read(this.workspace, (reader) => reader.revisions([id(node)]))
      const revision = known.get(id(node))
      const base = revision?.sequence ?? 0
      const { content: digest, size } = of.given
      const change =
        revision?.node == null
          ? file(node, `n${node}`, of, { base })
          : random.below(3) === 0
            ? ({ type: 'delete', id: id(node), base } as const)
            : ({ type: 'update', id: id(node), base, content: { digest, size, modifiedAt: base + 1 } } as const)
      const { results } = await world.commit([[change]])
      const verdict = results[0]?.[0]?.verdict
      if (verdict === 'accepted') this.accepted += 1
      if (verdict === 'refused') this.refused += 1
    }
  }

  async collector(rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round += 1) {
      isCollecting = true
      const [done] = await this.#remote.maintain()
      isCollecting = false
      if (done?.failure != null && !/crashed/.test(done.failure.message)) throw new Error(done.failure.message)
      this.removed += done?.collected?.removed.chunks ?? 0
    }
  }

  /** A content some kept revision names, whose manifest or chunk is not there; null when all are. */
  async dangling(): Promise<string | null> {
    const { named, missing } = await this.references()
    if (missing !== null) return missing
    const gone = await this.chunks.missing(this.workspace, [...named])
    return gone.length === 0 ? null : `chunk ${String(gone[0]).slice(0, 8)} is named and not there`
  }

  async references(): Promise<{ readonly named: ReadonlySet<Digest>; readonly missing: string | null }> {
    return this.metadata.read(this.workspace, async (reader) => {
      const contents = await reader.contents(null, 1_000)
      const manifests = await reader.manifests(contents)
      const missing = contents.find((digest) => !manifests.has(digest))
      const named = new Set<Digest>()
      for (const { encoded } of manifests.values())
        for (const { digest } of decodeManifest(encoded).chunks) named.add(digest)
      return { named, missing: missing === undefined ? null : `manifest ${missing.slice(0, 8)} is named and not there` }
    })
  }

  /** Nobody else works, leases run out: what is left then. */
  async settle(): Promise<string | null> {
    for (let round = 0; round < 6; round += 1) {
      this.world.now += 25 * HOUR
      const [done] = await Promise.all([this.#remote.maintain(), this.#driveAlone()])
      if (done[0]?.failure != null) return done[0].failure.message
    }
    const { named } = await this.references()
    const held = (await this.chunks.list(this.workspace, null, 1_000)).map(({ digest }) => digest)
    const orphan = held.find((digest) => !named.has(digest))
    if (orphan !== undefined) return `chunk ${orphan.slice(0, 8)} is named by nothing and did not go`
    return this.dangling()
  }

  async #driveAlone(): Promise<void> {
    for (let quiet = 0; quiet < 3; ) {
      await new Promise(setImmediate)
      if (this.turns.idle) quiet += 1
      else {
        quiet = 0
        this.turns.step()
      }
    }
  }
}

export async function playSeed(
  seed: number,
  planted: Planted = 'none',
): Promise<{ readonly broken: string | null; readonly world: GcWorld }> {
  const world = await new GcWorld(seed, planted).open()
  const broken =
    (await world.run([() => world.client(1, 3), () => world.client(2, 3), () => world.collector(6)])) ??
    (await world.settle())
  return { broken, world }
}
