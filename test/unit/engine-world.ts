/**
 * Engines, their disks and a server in memory, on virtual time, for the truth tables of the engine. Every call of a
 * disk, of a state store and of the network is a step: it can be counted, refused, made the last one, or answered wrongly.
 */

import { Volume } from 'memfs'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryServer, type MemoryServer } from '../../adapters/memory/memory-server.js'
import {
  type MemoryState,
  memoryState,
  memoryStateStore,
  snapshotState,
} from '../../adapters/shared/memory-state-store.js'
import { memoryWatcher, type MemoryWatcher } from '../../adapters/shared/memory-watcher.js'
import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'
import { type VirtualClock, virtualClock } from '../../adapters/shared/virtual-clock.js'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import {
  type Answer,
  type ContentRule,
  decodeAnswer,
  decodeRequest,
  defaultContentRule,
  encodeAnswer,
  type Hasher,
  portableHasher,
  type Random,
  type Request,
  type Status,
  SyncEngine,
  type SyncEngineOptions,
  TidemarkError,
  toHex,
  type Transport,
} from '../../src/index.js'
import { steppingDisk, steppingStateStore } from './stepping-seams.js'
import { copyTree, treeOf } from './volume-tree.js'

export const ROOT = '/root'
/** One for each caller: a promise that never settles keeps all who ever waited for it. */
const never = (): Promise<never> => new Promise(() => undefined)
const USER = { workspace: 'notes', user: 'ann' }

/** One call across a seam. */
export interface Step {
  readonly seam: 'disk' | 'state' | 'network'
  /** Call of the disk, request type, or `batch`. */
  readonly call: string
  /** Of the disk: absolute. Else empty. */
  readonly path: string
}

export interface SentRequest {
  readonly request: Request
  readonly bytesUp: number
  readonly bytesDown: number
}

export interface WorldOptions {
  readonly seed?: number
  readonly hasher?: Hasher
  /** In place of the table of averages: memfs is slow where a large file is written in many small steps. */
  readonly averageChunk?: number
}

export class EngineWorld {
  readonly clock: VirtualClock = virtualClock()
  readonly random: SeededRandom
  readonly hasher: Hasher
  readonly #averageChunk: number | null
  server: MemoryServer
  /** Turns in which nobody sleeps and nothing settles before that counts as never; more where a real disk takes part. */
  idleTurns = 50

  private constructor(seed: number, hasher: Hasher, averageChunk: number | null) {
    this.random = seededRandom(seed)
    this.hasher = hasher
    this.#averageChunk = averageChunk
    this.server = this.newServer()
  }

  static async open(options: WorldOptions = {}): Promise<EngineWorld> {
    const world = new EngineWorld(options.seed ?? 1, options.hasher ?? portableHasher(), options.averageChunk ?? null)
    await world.server.server.open()
    return world
  }

  /** Another, empty server under the same name; not open yet. */
  newServer(): MemoryServer {
    const average = this.#averageChunk
    const newRule = (random: Random): ContentRule => {
      const rule = defaultContentRule(toHex(random.bytes(16)), null)
      return average === null ? rule : { ...rule, averages: [[null, average]] }
    }
    return memoryServer({ clock: this.clock, random: this.random, hasher: this.hasher, newRule })
  }

  device(name: string, options: Partial<SyncEngineOptions> = {}): TestDevice {
    const volume = Volume.fromJSON({ [ROOT]: null })
    volume.mkdirSync(ROOT, { recursive: true })
    return new TestDevice(this, name, volume, memoryState(), options)
  }

  /** Lets time pass until the promise settles. Fails when it takes longer than a virtual day. */
  async run<T>(promise: Promise<T>): Promise<T> {
    let settled = false
    const done = (): void => void (settled = true)
    promise.then(done, done)
    const start = this.clock.monotonic()
    for (let idle = 0; !settled; ) {
      await new Promise((resolve) => setImmediate(resolve))
      const due = this.clock.nextDue()
      if (settled) break
      idle = due === null ? idle + 1 : 0
      if (idle > this.idleTurns || this.clock.monotonic() - start > 86_400_000) throw new Error('it never settles')
      if (due !== null) this.clock.advance(due)
    }
    return promise
  }

  async pass(ms: number): Promise<void> {
    await this.run(this.clock.sleep(ms))
    await new Promise((resolve) => setImmediate(resolve))
  }

  /** Each syncs in turn, until nobody has anything to do. */
  async converge(...devices: readonly TestDevice[]): Promise<void> {
    for (let round = 0; round < 2; round++) for (const device of devices) await device.sync()
  }
}

export class TestDevice {
  readonly world: EngineWorld
  readonly name: string
  readonly volume: Volume
  state: MemoryState
  engine: SyncEngine
  watcher: MemoryWatcher = memoryWatcher()
  statuses: Status[] = []
  /** Steps of the present engine, in order. */
  steps: Step[] = []
  requests: SentRequest[] = []
  /** To those requests. */
  answers: Answer[] = []
  /** Asked before each step: throws, calls `kill`, aborts … */
  onStep: (step: Step, at: number) => void | Promise<void> = () => undefined
  /** In place of the server's answer. */
  onAnswer: (answer: Answer, request: Request) => Answer = (answer) => answer
  /** After the server answered: throws when the answer is lost. */
  onAnswered: (request: Request) => void = () => undefined
  readonly #options: Partial<SyncEngineOptions>
  #life = { dead: false }

  constructor(
    world: EngineWorld,
    name: string,
    volume: Volume,
    state: MemoryState,
    options: Partial<SyncEngineOptions>,
  ) {
    this.world = world
    this.name = name
    this.volume = volume
    this.state = state
    this.#options = options
    this.engine = this.#assemble()
  }

  /** The process is gone at once; what disk and state hold is found by the next engine. */
  kill(): void {
    this.#life.dead = true
  }

  /** A new engine over the same disk and state. After `kill`, or after the one before was stopped. */
  restart(): void {
    this.onStep = () => undefined
    this.onAnswer = (answer) => answer
    this.onAnswered = () => undefined
    if (this.#life.dead) this.state = snapshotState(this.state)
    this.#life = { dead: false }
    this.statuses = []
    this.steps = []
    this.requests = []
    this.answers = []
    this.watcher = memoryWatcher()
    this.engine = this.#assemble()
  }

  /** The same disk and state on another machine, or under other options. */
  copy(name: string, options: Partial<SyncEngineOptions> = this.#options): TestDevice {
    const volume = Volume.fromJSON({ [ROOT]: null })
    volume.mkdirSync(ROOT, { recursive: true })
    copyTree(this.volume, volume, ROOT)
    return new TestDevice(this.world, name, volume, snapshotState(this.state), options)
  }

  async sync(): ReturnType<SyncEngine['sync']> {
    this.requests = []
    this.answers = []
    this.steps = []
    await this.world.pass(5_000)
    return this.world.run(this.engine.sync())
  }

  start(): Promise<void> {
    return this.world.run(this.engine.start())
  }

  stop(): Promise<void> {
    return this.world.run(this.engine.stop())
  }

  // ---- the user

  write(path: string, content: string | Uint8Array): void {
    this.world.clock.advance(10)
    const absolute = `${ROOT}/${path}`
    this.volume.mkdirSync(absolute.slice(0, absolute.lastIndexOf('/')), { recursive: true })
    this.volume.writeFileSync(absolute, content)
  }

  mkdir(path: string): void {
    this.volume.mkdirSync(`${ROOT}/${path}`, { recursive: true })
  }

  rename(from: string, to: string): void {
    this.world.clock.advance(10)
    this.volume.renameSync(`${ROOT}/${from}`, `${ROOT}/${to}`)
  }

  remove(path: string): void {
    this.world.clock.advance(10)
    this.volume.rmSync(`${ROOT}/${path}`, { recursive: true })
  }

  /** Milliseconds. */
  async modified(path: string): Promise<number> {
    const { mtimeNs } = await memfsDisk(this.volume, { now: () => this.world.clock.now() }).lstat(`${ROOT}/${path}`)
    return Number(mtimeNs / 1_000_000n)
  }

  setModified(path: string, ms: number): Promise<void> {
    return memfsDisk(this.volume, { now: () => this.world.clock.now() }).utimes(`${ROOT}/${path}`, ms, ms)
  }

  setExecutable(path: string, executable: boolean): void {
    this.world.clock.advance(10)
    this.volume.chmodSync(`${ROOT}/${path}`, executable ? 0o755 : 0o644)
  }

  bytes(path: string): Uint8Array {
    return this.volume.readFileSync(`${ROOT}/${path}`) as Uint8Array
  }

  /** Every path with its content; directories end in `/`, executable files in `*`. Files beyond 64 bytes by length. */
  tree(): Record<string, string> {
    return treeOf(this.volume, ROOT)
  }

  /** What lies in a directory of our own. */
  own(place: 'staging' | 'moving' | 'trash'): readonly string[] {
    const path = `${ROOT}/.tidemark/${place}`
    return this.volume.existsSync(path) ? (this.volume.readdirSync(path) as string[]) : []
  }

  // ---- what was done

  /** User files whose content was opened since the last sync began. */
  opened(): readonly string[] {
    return this.steps
      .filter(({ seam, call, path }) => seam === 'disk' && call.startsWith('open') && !path.includes('/.tidemark'))
      .map(({ path }) => path.slice(ROOT.length + 1))
  }

  asked(): readonly string[] {
    return this.requests.map(({ request }) => request.type)
  }

  states(): readonly string[] {
    return this.statuses.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])
  }

  async #step<T>(life: { dead: boolean }, step: Step, call: () => Promise<T>): Promise<T> {
    if (life.dead) return never()
    const before = this.onStep(step, this.steps.length)
    if (before !== undefined) await before
    if (life.dead) return never()
    this.steps.push(step)
    const result = await call()
    return life.dead ? never() : result
  }

  #assemble(): SyncEngine {
    const { clock, random, hasher } = this.world
    const life = this.#life
    const disk = steppingDisk(memfsDisk(this.volume, { now: () => clock.now() }), (call, path, run) =>
      this.#step(life, { seam: 'disk', call, path }, run),
    )
    const engine = new SyncEngine({
      local: folderStore({ disk, root: ROOT, random, clock, describer: diskDescriber(disk, hasher) }),
      state: steppingStateStore(memoryStateStore({ state: this.state }), (run) =>
        this.#step(life, { seam: 'state', call: 'batch', path: '' }, run),
      ),
      hasher,
      clock,
      random,
      watcher: this.watcher,
      transport: this.#transport(life),
      deviceName: this.name,
      ...this.#options,
    })
    engine.on('status', (status) => this.statuses.push(status))
    return engine
  }

  #transport(life: { dead: boolean }): Transport {
    const inner = (): Transport => loopbackTransport(this.world.server.server, USER)
    return {
      workspace: USER.workspace,
      exchange: (frame, options) => {
        const request = decodeRequest(frame)
        return this.#step(life, { seam: 'network', call: request.type, path: '' }, async () => {
          const answered = await inner().exchange(frame, options)
          this.onAnswered(request)
          const answer = decodeAnswer(answered, request)
          const told = this.onAnswer(answer, request)
          const bytes = told === answer ? answered : encodeAnswer(told)
          this.answers.push(told)
          this.requests.push({ request, bytesUp: frame.length, bytesDown: bytes.length })
          return bytes
        })
      },
      subscribe: (handlers) =>
        inner().subscribe({
          onHint: (hint) => {
            if (!life.dead) handlers.onHint(hint)
          },
          onState: (state) => {
            if (!life.dead) handlers.onState(state)
          },
        }),
      close: async () => undefined,
    }
  }
}

/** A world of two devices, A and B, and nothing in it. */
export async function twoDevices(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  return { world, a: world.device('A'), b: world.device('B') }
}

export async function stopped(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) await device.stop()
}

export function offline(): TidemarkError {
  return new TidemarkError('offline', 'no answer came', { retryable: true })
}

/** Repeatable bytes in which no chunk comes twice. */
export function noise(length: number, seed: number): Uint8Array {
  return seededRandom(seed).bytes(length)
}
