/**
 * The shipped server over pack files on a simulated disk: it can be killed, lose its power, collect garbage at any moment,
 * and come back from an older copy, with a new epoch as after a restored backup or without as after a fail-over.
 */

import {
  type Clock,
  type ContentRule,
  type Digest,
  type Epoch,
  type Hasher,
  type KeptRevision,
  type Sequence,
  toHex,
  type Transport,
} from '../../src/index.js'
import { type RemoteStore, remoteStore, SyncServer } from '../../src/server/index.js'
import { loopbackTransport } from '../shared/loopback-transport.js'
import { type MemoryMetadataStore, memoryMetadataStore } from '../shared/memory-metadata-store.js'
import { packChunkStore } from '../shared/pack-chunk-store.js'
import type { SeededRandom } from '../shared/seeded-random.js'
import { Life } from './life.js'
import type { PowerLoss } from './power-loss.js'
import { SimulatedDisk } from './simulated-disk.js'

export interface ServerParts {
  readonly clock: Clock
  readonly random: SeededRandom
  readonly hasher: Hasher
  /** Before each call of its disk. */
  readonly before: (life: Life, call: string) => Promise<void> | void
}

/** Who works in a simulated world, and where. */
export const ACCOUNT = { user: 'ann', workspace: 'notes' } as const

const DIRECTORY = '/packs'
const PACK_BYTES = 16 * 1024
/** Short, so that collection gets to its end while others upload. */
const LEASE_HOURS = 1 / 60

/** A connection. */
export interface Wire {
  readonly transport: Transport
  /** Resolves when the process at the other end is gone: then no answer comes any more. */
  readonly gone: Promise<void>
}

interface Running {
  readonly life: Life
  readonly gone: Promise<void>
  readonly leave: () => void
  readonly remote: RemoteStore
  readonly server: SyncServer
}

/** All that a server kept. */
export interface ServerCopy {
  readonly metadata: MemoryMetadataStore
  readonly disk: SimulatedDisk
}

export class SimulatedServer {
  readonly #parts: ServerParts
  #metadata = memoryMetadataStore()
  #disk: SimulatedDisk
  #running: Running | null = null
  #copies: ServerCopy[] = []

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#disk = new SimulatedDisk({ now: () => parts.clock.now() })
  }

  /** Null while it is down. */
  get remote(): RemoteStore | null {
    return this.#running?.remote ?? null
  }

  /** hash(sequence); null while it is down, or where it does not know it. */
  async hashAt(sequence: Sequence): Promise<Digest | null> {
    if (this.#running === null) return null
    const metadata = this.#metadata
    const id = await metadata.find(ACCOUNT.user, ACCOUNT.workspace)
    if (id === null) return null
    return metadata.read(id, async (reader) => (await reader.hashes([sequence])).get(sequence) ?? null)
  }

  /** Every kept revision in order, as they are in its database; null while it is down, and before a device came. */
  async history(): Promise<{ readonly rule: ContentRule; readonly revisions: readonly KeptRevision[] } | null> {
    if (this.#running === null) return null
    const metadata = this.#metadata
    const id = await metadata.find(ACCOUNT.user, ACCOUNT.workspace)
    if (id === null) return null
    return metadata.read(id, async (reader) => ({
      rule: (await reader.head()).rule,
      revisions: await reader.keptAfter(0, Number.POSITIVE_INFINITY),
    }))
  }

  /** A way to it as it is now; null while it is down. */
  wire(): Wire | null {
    if (this.#running === null) return null
    const { server, gone } = this.#running
    return { transport: loopbackTransport(server, ACCOUNT), gone }
  }

  async start(): Promise<void> {
    const { random, hasher, before } = this.#parts
    const life = new Life()
    const clock = life.clock(this.#parts.clock)
    this.#disk.before = (call) => (life.isOver ? life.never() : before(life, call))
    const chunks = packChunkStore({ disk: this.#disk, directory: DIRECTORY, random, targetBytes: PACK_BYTES })
    const maintenance = { leaseHours: LEASE_HOURS, intervalMinutes: null }
    const remote = remoteStore({ metadata: this.#metadata, chunks, hasher, clock, random, maintenance })
    const server = new SyncServer({ remote, authenticate: async () => null })
    await server.open()
    let leave = (): void => undefined
    const gone = new Promise<void>((resolve) => {
      leave = resolve
    })
    this.#running = { life, gone, leave, remote, server }
  }

  /** The process is gone at once. What was acknowledged is durable; what was under way may be there or not. */
  kill(powerFails: PowerLoss | null): void {
    const { random } = this.#parts
    this.#running?.life.end()
    this.#running?.leave()
    this.#running = null
    this.#metadata = this.#metadata.copy()
    this.#disk = powerFails === null ? this.#disk.kill() : this.#disk.crash(powerFails, random)
  }

  /** Keeps a copy to come back from, at the two latest moments. */
  keepCopy(): void {
    this.#copies = [...this.#copies, this.snapshot()].slice(-2)
  }

  /** As it is now, to come back to. */
  snapshot(): ServerCopy {
    return { metadata: this.#metadata.copy(), disk: this.#disk.clone() }
  }

  /** Down, then as it was: in the older of two kept copies, or in the given one. Returns false where none was kept. */
  async goBack(withNewEpoch: boolean, copy: ServerCopy | undefined = this.#copies[0]): Promise<boolean> {
    if (copy === undefined) return false
    this.kill(null)
    this.#metadata = copy.metadata.copy()
    this.#disk = copy.disk.clone()
    if (withNewEpoch) await this.#renew()
    return true
  }

  async #renew(): Promise<void> {
    await this.#metadata.open()
    const id = await this.#metadata.find(ACCOUNT.user, ACCOUNT.workspace)
    if (id !== null) {
      const epoch = toHex(this.#parts.random.bytes(16)) as Epoch
      await this.#metadata.transact(id, (writer) => writer.renew(epoch))
    }
    await this.#metadata.close()
  }

  async collect(): Promise<void> {
    await this.#running?.remote.maintain()
  }
}
