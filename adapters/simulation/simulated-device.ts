/**
 * One device of a simulated world: the shipped engine and folder code over a simulated disk, network and watcher. Its process
 * ends and begins again; its disk and its state outlive it, as far as the power lets them.
 */

import {
  type Clock,
  type Hasher,
  type LocalStore,
  type StateStore,
  type Status,
  SyncEngine,
  type SyncEngineOptions,
  type Transport,
  TidemarkError,
} from '../../src/index.js'
import { diskDescriber } from '../shared/disk-describe.js'
import { folderStore } from '../shared/folder-store.js'
import { type MemoryState, memoryState, memoryStateStore, snapshotState } from '../shared/memory-state-store.js'
import type { SeededRandom } from '../shared/seeded-random.js'
import { chanceOf } from './chance.js'
import { Life } from './life.js'
import type { PowerLoss } from './power-loss.js'
import type { Fault } from './script.js'
import type { Wire } from './simulated-server.js'
import { SimulatedDisk } from './simulated-disk.js'
import { type NetworkFault, SimulatedNetwork } from './simulated-network.js'
import { SimulatedWatcher } from './simulated-watcher.js'

/** Parts of a device that an app may put its own in place of, or around. */
export interface Decorations {
  /** Given the shipped store; what it returns is what the engine works with. */
  readonly local?: ((store: LocalStore, device: string) => LocalStore) | undefined
  /** The same of the client database. */
  readonly state?: ((store: StateStore, device: string) => StateStore) | undefined
  /** The same of the way to the server, with all that breaks on it. */
  readonly transport?: ((transport: Transport, device: string) => Transport) | undefined
  /** More options of the engine. */
  readonly options?: ((device: string) => Partial<SyncEngineOptions>) | undefined
}

export interface DeviceEvents {
  onEngine(device: SimulatedDevice, engine: SyncEngine): void
  onStruck(fault: Fault): void
  onExchange(device: SimulatedDevice, frame: Uint8Array, answer: Uint8Array | null): void
  /** A call of its disk is about to be made: time may pass, but for one that is one step with the call before it. */
  onDiskCall(device: SimulatedDevice, isOneStep: boolean): Promise<void> | void
  /** A request of it is about to be carried: null, or what befalls it. */
  onRequest(device: SimulatedDevice): unknown
}

export interface DeviceParts {
  readonly name: string
  /** Its contents come on demand. */
  readonly isOnDemand: boolean
  readonly seed: number
  readonly clock: Clock
  readonly hasher: Hasher
  readonly wire: () => Wire | null
  readonly decorations: Decorations
  readonly events: DeviceEvents
}

export const ROOT = '/root'
/** What is renamed from here takes a place that was looked at just before: no host has a rename that compares (INV-18 as worded). */
const STAGED = `${ROOT}/.tidemark/staging/`
/** How often a device looks at everything, whatever its watcher said. */
export const SCAN_MS = 30_000
const ERRNOS = ['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'EIO', 'EROFS', 'EBUSY']
/** How many new nodes a device takes on at once: a fourth of the devices so few that nearly all they do is done in parts. */
const NEW_NODES = [4_096, 1, 4_096, 4_096, 4_096, 3, 4_096, 4_096]
/** Of a hundred calls while the disk fails. */
const DISK_STRIKES = 6
const CHANGING: ReadonlySet<string> = new Set([
  ...['open create', 'file.write', 'file.truncate', 'file.chmod', 'file.utimes'],
  ...['chmod', 'utimes', 'mkdir', 'rmdir', 'rename', 'link', 'unlink'],
])
/** Calls that need room. */
const FILLING: ReadonlySet<string> = new Set(['open create', 'file.write', 'mkdir', 'link'])

export class SimulatedDevice {
  readonly name: string
  readonly isOnDemand: boolean
  readonly active = new Set<Fault>()
  readonly chance: SeededRandom
  disk: SimulatedDisk
  /** Milliseconds that its wall clock is wrong. */
  skew = 0
  /** Calls that changed its disk, and batches of its state, since somebody emptied it. */
  readonly changes: string[] = []
  isUp = false
  /** When its user did something last, on the monotonic clock. */
  usedAt = Number.NEGATIVE_INFINITY
  /** The same of what its engine was not told of. */
  untoldAt = Number.NEGATIVE_INFINITY
  readonly #parts: DeviceParts
  readonly #clock: Clock
  #state: MemoryState = memoryState()
  #older: MemoryState | null = null
  #life = new Life()
  #engine: SyncEngine | null = null
  /** Engines whose processes were killed: they wait for answers that never come. */
  #dead: SyncEngine[] = []
  #watcher: SimulatedWatcher | null = null
  #network: SimulatedNetwork | null = null

  constructor(parts: DeviceParts) {
    this.#parts = parts
    this.name = parts.name
    this.isOnDemand = parts.isOnDemand
    this.chance = chanceOf(parts.seed, `device ${parts.name}`)
    this.#clock = { ...parts.clock, now: () => parts.clock.now() + this.skew, monotonic: () => parts.clock.monotonic() }
    this.disk = new SimulatedDisk({ now: () => this.#clock.now() })
    this.disk.user.mkdir(ROOT)
    this.disk.writeBack()
  }

  get status(): Status | null {
    return this.#engine?.status ?? null
  }

  get engine(): SyncEngine | null {
    return this.#engine
  }

  // ---- its process

  /** A new process over what disk and state hold. Fails with what keeps the engine from starting. */
  async start(): Promise<void> {
    const life = new Life()
    this.#life = life
    this.disk.before = (call, path, detail) =>
      this.#beforeCall(life, call === 'open' ? `open ${detail.how}` : call, path)
    const engine = this.#assemble(life)
    this.#engine = engine
    this.#parts.events.onEngine(this, engine)
    this.isUp = true
    await engine.start()
  }

  async stop(): Promise<void> {
    this.isUp = false
    await this.#engine?.stop()
    this.#network?.breakChannels()
    this.#life.end()
  }

  /** Gone between two calls. */
  kill(): void {
    this.isUp = false
    if (this.#engine !== null) this.#dead.push(this.#engine)
    this.#life.end()
    void this.#network?.close()
    this.#state = snapshotState(this.#state)
    this.disk = this.disk.kill()
  }

  /**
   * When the world is over: a host keeps everything that waits for a joined signal until that signal fires, and with it the
   * whole world. What dead engines do then reaches nobody.
   */
  bury(): void {
    for (const engine of this.#dead) void engine.stop().catch(() => undefined)
    this.#dead = []
  }

  losePower(how: PowerLoss): void {
    this.kill()
    this.disk = this.disk.crash(how, this.chance)
  }

  /** The client database is gone. */
  loseState(): void {
    this.kill()
    this.#state = memoryState()
  }

  /** To be come back to. */
  keepState(): void {
    this.#older = snapshotState(this.#state)
  }

  /** As from a backup of the state alone; false where none was kept. */
  bringBackState(): boolean {
    if (this.#older === null) return false
    this.kill()
    this.#state = snapshotState(this.#older)
    return true
  }

  breakChannels(): void {
    this.#network?.breakChannels()
  }

  /** Its user did something at these paths. */
  happened(paths: readonly string[]): void {
    this.usedAt = this.#parts.clock.monotonic()
    if (this.#watcher?.happened(paths) !== true) this.untoldAt = this.usedAt
  }

  // ---- its parts

  #assemble(life: Life): SyncEngine {
    const { hasher, decorations, events, wire, name } = this.#parts
    const { chance } = this
    const clock = life.clock(this.#clock)
    const disk = this.disk
    const onStruck = (fault: Fault): void => events.onStruck(fault)
    this.#watcher = new SimulatedWatcher({
      random: chance,
      active: this.active as ReadonlySet<'deaf' | 'echo'>,
      onStruck,
      paths: () => this.disk.user.readdir(ROOT).filter((entry) => entry !== '.tidemark'),
    })
    this.#network = new SimulatedNetwork('notes', {
      clock,
      random: chance,
      life,
      wire,
      active: this.active as ReadonlySet<NetworkFault>,
      onStruck,
      onRequest: () => events.onRequest(this),
      onExchange: (frame, answer) => events.onExchange(this, frame, answer),
    })
    const local = folderStore({ disk, root: ROOT, random: chance, clock, describer: diskDescriber(disk, hasher) })
    const state = this.#counted(memoryStateStore({ state: this.#state }), life)
    return new SyncEngine({
      local: decorations.local?.(local, name) ?? local,
      state: decorations.state?.(state, name) ?? state,
      transport: decorations.transport?.(this.#network, name) ?? this.#network,
      hasher,
      watcher: this.#watcher,
      clock,
      random: chance,
      deviceName: name,
      scanEveryMs: SCAN_MS,
      newNodesAtOnce: newNodesAtOnce(this.#parts),
      retryEveryMs: 20_000,
      hydrate: this.isOnDemand ? 'on-demand' : 'all',
      ...decorations.options?.(name),
    })
  }

  #counted(store: StateStore, life: Life): StateStore {
    return {
      durability: store.durability,
      open: (options) => store.open(options),
      openAside: (options) => store.openAside(options),
      get: (keys) => (life.isOver ? life.never() : store.get(keys)),
      range: (prefix, after, limit) => (life.isOver ? life.never() : store.range(prefix, after, limit)),
      batch: async (puts, deletes) => {
        if (life.isOver) return life.never()
        this.changes.push(`batch ${[...puts.map(({ key }) => key), ...deletes].join(' ')}`)
        await store.batch(puts, deletes)
        return life.isOver ? life.never() : undefined
      },
      close: () => store.close(),
    }
  }

  #beforeCall(life: Life, call: string, path: string): Promise<void> | void {
    if (life.isOver) return life.never()
    if (CHANGING.has(call)) this.changes.push(`${call} ${path}`)
    this.#strike(call)
    const passed = this.#parts.events.onDiskCall(this, call === 'rename' && path.startsWith(STAGED))
    if (passed === undefined) return
    return passed.then(() => (life.isOver ? life.never() : undefined))
  }

  #strike(call: string): void {
    const { active, chance } = this
    if (active.has('disk-full') && FILLING.has(call)) {
      this.#parts.events.onStruck('disk-full')
      throw errno('ENOSPC', call)
    }
    if (!active.has('disk-error') || chance.below(100) >= DISK_STRIKES) return
    this.#parts.events.onStruck('disk-error')
    throw errno(ERRNOS[chance.below(ERRNOS.length)] ?? 'EIO', call)
  }
}

function errno(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: ${call}`), { code })
}

/** Whether it is one of ours, for those who watch engines. */
export function codeOf(error: unknown): string {
  return error instanceof TidemarkError ? error.code : 'internal'
}

function newNodesAtOnce({ name, seed }: DeviceParts): number {
  const number = Number(/\d+/.exec(name)?.[0] ?? 0)
  return NEW_NODES[(seed + number) % NEW_NODES.length] ?? 1
}
