/**
 * Whole engines, a whole server and their users on virtual time: one seed, one run. Faults and edits come between any
 * two calls of disk or network; then all faults end, and everything must come to rest equal, with nothing lost.
 */

import { Volume } from 'memfs'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryServer, type MemoryServer, type MemoryServerOptions } from '../../adapters/memory/memory-server.js'
import {
  memoryState,
  memoryStateStore,
  snapshotState,
  type MemoryState,
} from '../../adapters/shared/memory-state-store.js'
import { memoryWatcher, type MemoryWatcher } from '../../adapters/shared/memory-watcher.js'
import { loopbackTransport } from '../../adapters/shared/loopback-transport.js'
import { seededRandom, type SeededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock, type VirtualClock } from '../../adapters/shared/virtual-clock.js'
import { defaultContentRule, type Hasher, portableHasher, SyncEngine, toHex, type Transport } from '../../src/index.js'
import { Oracle } from './oracle.js'
import { scheduledDisk, type Turns } from './scheduled-disk.js'
import { type NetworkFaults, type NetworkHits, scheduledTransport } from './scheduled-transport.js'
import { tellingAbsent, tellingDeletes } from './seen-transports.js'
import { brief, type Habits, User } from './user.js'

export interface WorldOptions {
  readonly seed: number
  readonly devices: number
  /** User steps over all devices. */
  readonly steps: number
  readonly faults: NetworkFaults
  /** Chance in 1,000 of a crash and restart at each user step. */
  readonly crash: number
  /** Chance in 1,000 that a watcher event is lost. */
  readonly deaf: number
  readonly habits?: Habits
  /** The portable one by default. */
  readonly hasher?: Hasher
}

export interface WorldReport {
  readonly trace: readonly string[]
  readonly failures: readonly string[]
  readonly hits: NetworkHits & {
    crashes: number
    userSteps: number
    turns: number
    conflicts: number
    excluded: number
    /** Answers that lacked chunks which were still on their way. */
    waited: number
  }
}

const ROOT = '/root'
const SCAN_EVERY = 60_000
/** Longer than a server waits for the next byte of an upload, and devices until they look after it. */
const GIVEN_UP = 8 * 60_000
/** Where contents are large: told of while they arrive, and cut into few chunks. */
const LARGE: Pick<MemoryServerOptions, 'streaming' | 'newRule'> = {
  streaming: { atLeastBytes: 1024 * 1024 },
  newRule: (random) => ({ ...defaultContentRule(toHex(random.bytes(16)), null), averages: [[null, 64 * 1024]] }),
}

interface Device {
  readonly name: string
  readonly volume: Volume
  readonly user: User
  state: MemoryState
  watcher: MemoryWatcher
  engine: SyncEngine
  turns: Turns
}

export class World {
  readonly #options: WorldOptions
  readonly #clock: VirtualClock
  readonly #random: SeededRandom
  readonly #server: MemoryServer
  readonly #hasher: Hasher
  readonly #oracle = new Oracle()
  readonly #devices: Device[] = []
  readonly #trace: string[] = []
  readonly #failures: string[] = []
  readonly #hits = {
    requests: 0,
    droppedRequests: 0,
    droppedAnswers: 0,
    duplicates: 0,
    crashes: 0,
    userSteps: 0,
    turns: 0,
    conflicts: 0,
    excluded: 0,
    waited: 0,
  }
  #faults: NetworkFaults
  #calm = false
  #rulesEnd = false

  constructor(options: WorldOptions) {
    this.#options = options
    this.#clock = virtualClock()
    this.#random = seededRandom(options.seed)
    this.#faults = { ...options.faults }
    this.#hasher = options.hasher ?? portableHasher()
    const parts = { clock: this.#clock, random: this.#random, hasher: this.#hasher }
    this.#server = memoryServer(options.habits === 'large' ? { ...parts, ...LARGE } : parts)
  }

  async run(): Promise<WorldReport> {
    await this.#server.server.open()
    for (let at = 0; at < this.#options.devices; at++) await this.#addDevice(`D${at}`)
    for (let step = 0; step < this.#options.steps; step++) {
      await this.#pass(this.#random.below(3000))
      const device = this.#devices[this.#random.below(this.#devices.length)] as Device
      if (this.#random.below(1000) < this.#options.crash) await this.#crash(device)
      const paths = device.user.step()
      if (paths.length > 0) this.#hits.userSteps += 1
      if (this.#random.below(1000) >= this.#options.deaf) device.watcher.raise(paths)
    }
    await this.#calmDown()
    return { trace: this.#trace, failures: this.#failures, hits: this.#hits }
  }

  tell(line: string): void {
    this.#trace.push(`${String(this.#clock.monotonic()).padStart(8)} ${line}`)
  }

  async #addDevice(name: string): Promise<Device> {
    const volume = Volume.fromJSON({ [ROOT]: null })
    volume.mkdirSync(ROOT, { recursive: true })
    const user = new User({
      volume,
      root: ROOT,
      random: this.#random,
      oracle: this.#oracle,
      device: name,
      tell: (line) => this.tell(line),
      ...(this.#options.habits === undefined ? {} : { habits: this.#options.habits }),
    })
    const state = memoryState()
    const device: Device = { name, volume, user, state, ...this.#assemble(name, volume, state) }
    this.#devices.push(device)
    await this.#start(device)
    return device
  }

  #assemble(name: string, volume: Volume, state: MemoryState): Pick<Device, 'watcher' | 'engine' | 'turns'> {
    const clock = this.#clock
    const random = this.#random
    const turns: Turns = { dead: false, take: () => this.#turn() }
    const disk = scheduledDisk(memfsDisk(volume, { now: () => clock.now() }), turns)
    const hasher = this.#hasher
    const inner = this.#seen(name, loopbackTransport(this.#server.server, { workspace: 'notes', user: 'ann' }))
    const watcher = memoryWatcher()
    const engine = new SyncEngine({
      local: folderStore({ disk, root: ROOT, random, clock, describer: diskDescriber(disk, hasher) }),
      state: memoryStateStore({ state }),
      hasher,
      watcher,
      clock,
      random,
      transport: scheduledTransport(inner, { clock, random, faults: this.#faults, turns, hits: this.#hits }),
      deviceName: name,
      scanEveryMs: SCAN_EVERY,
      retryEveryMs: 20_000,
    })
    engine.on('conflict', ({ path, copy }) => {
      this.#hits.conflicts += 1
      this.tell(`${name} keeps both: ${path} and ${copy}`)
    })
    engine.on('change', (change) => {
      this.tell(`${name} ${change.type} ${change.from === undefined ? '' : `${change.from} -> `}${change.path}`)
      this.#judgeChange(name, change.type, change.path)
    })
    engine.on('guard', (guard) => {
      this.tell(`${name} asks: ${guard.kind} ${guard.direction} ${guard.deletes} of ${guard.of}`)
      void engine.confirm(guard).catch((error: unknown) => this.#fail(`${name} could not confirm: ${String(error)}`))
    })
    engine.on('error', (error) =>
      this.#fail(
        `${name} error ${error.code}: ${error.message} ${String(error.cause instanceof Error ? error.cause.stack : error.stack)}`,
      ),
    )
    return { watcher, engine, turns }
  }

  async #start(device: Device): Promise<void> {
    let started = false
    device.engine.start().then(
      () => {
        started = true
      },
      (error: unknown) => this.#fail(`${device.name} could not start: ${String(error)}`),
    )
    for (let tries = 0; !started && tries < 2000 && this.#failures.length === 0; tries++) await this.#pass(100)
    if (!started) this.#fail(`${device.name} did not start`)
  }

  /** The process is gone between two calls; what the disk and the state store hold stays. */
  async #crash(device: Device): Promise<void> {
    this.#hits.crashes += 1
    this.tell(`${device.name} crashes`)
    device.turns.dead = true
    device.state = snapshotState(device.state)
    Object.assign(device, this.#assemble(device.name, device.volume, device.state))
    await this.#start(device)
  }

  /** Before a disk call: mostly at once, sometimes a while passes. */
  async #turn(): Promise<void> {
    this.#hits.turns += 1
    if (!this.#calm && this.#random.below(20) === 0) await this.#clock.sleep(this.#random.below(200))
  }

  /** Lets virtual time pass, and everybody do what is due. */
  async #pass(ms: number): Promise<void> {
    const until = this.#clock.monotonic() + ms
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      const due = this.#clock.nextDue()
      const left = until - this.#clock.monotonic()
      if (due === null || due > left) {
        this.#clock.advance(left)
        await new Promise((resolve) => setImmediate(resolve))
        return
      }
      this.#clock.advance(due)
    }
  }

  async #calmDown(): Promise<void> {
    this.#calm = true
    this.#faults.dropRequest = 0
    this.#faults.dropAnswer = 0
    this.#faults.duplicate = 0
    this.tell('all faults end')
    await this.#rest()
    if (this.#options.habits === 'rules' || this.#options.habits === 'gentle') await this.#endRules()
    await this.#addDevice('fresh')
    await this.#pass(this.#options.habits === 'large' ? GIVEN_UP : SCAN_EVERY)
    await this.#judge()
    for (const device of this.#devices) await this.#stop(device)
  }

  async #rest(): Promise<void> {
    for (let round = 0; round < 10 && !this.#atRest(); round++) await this.#pass(SCAN_EVERY * 2)
    await this.#pass(SCAN_EVERY * 2)
  }

  /** Without rules everything that lives anywhere is everywhere again. What was ignored may hide rules of its own. */
  async #endRules(): Promise<void> {
    this.#rulesEnd = true
    for (const { state } of this.#devices) {
      for (const [key, value] of state.rows)
        if (key.startsWith('s/') && new TextDecoder().decode(value).includes('"presence":"excluded"'))
          this.#hits.excluded += 1
    }
    for (let round = 0; round < 6; round++) {
      const dropped = this.#devices.map((device) => {
        const paths = device.user.dropRules()
        device.watcher.raise(paths)
        return paths.length
      })
      await this.#rest()
      if (dropped.every((count) => count === 0)) return
    }
  }

  /** INV-34 of the server too: where users only write, nothing may be deleted there. */
  #seen(name: string, inner: Transport): Transport {
    switch (this.#options.habits) {
      case 'gentle':
        return tellingDeletes(inner, () => {
          if (!this.#rulesEnd) this.#fail(`${name} sent a delete`)
        })
      case 'large':
        return tellingAbsent(inner, () => {
          this.#hits.waited += 1
        })
      default:
        return inner
    }
  }

  /** INV-34: where users only write, nothing may ever leave a disk, whatever rules they write. */
  #judgeChange(name: string, type: string, path: string): void {
    if (this.#options.habits === 'gentle' && !this.#rulesEnd && type === 'remove') this.#fail(`${name} removed ${path}`)
  }

  async #stop(device: Device): Promise<void> {
    let stopped = false
    const stopping = device.engine.stop().then(() => {
      stopped = true
    })
    for (let tries = 0; !stopped && tries < 100; tries++) await this.#pass(100)
    if (!stopped) this.#fail(`${device.name} did not stop`)
    else await stopping
  }

  #atRest(): boolean {
    return this.#devices.every((device) => device.engine.status.state === 'synced')
  }

  async #judge(): Promise<void> {
    const trees = this.#devices.map((device) => this.#treeOf(device))
    const first = trees[0] ?? ''
    this.#devices.forEach((device, at) => {
      const { state, problems, pending } = device.engine.status
      if (state !== 'synced')
        this.#fail(`${device.name} is ${state}, ${pending} pending, problems ${JSON.stringify(problems)}`)
      if (trees[at] !== first) this.#fail(`${device.name} differs:\n${trees[at]}\nfrom D0:\n${first}`)
    })
    const live = new Set<string>()
    for (const device of this.#devices) for (const path of device.user.entries('file')) live.add(device.user.read(path))
    for (const content of this.#oracle.lost(live)) this.#fail(`lost: ${brief(content)}`)
    for (const device of this.#devices) this.#judgeStray(device)
  }

  /** INV-09: nothing of ours is left lying about. */
  #judgeStray({ volume, name }: Device): void {
    for (const place of ['staging', 'moving']) {
      const path = `${ROOT}/.tidemark/${place}`
      const left = volume.existsSync(path) ? (volume.readdirSync(path) as string[]) : []
      if (left.length > 0) this.#fail(`${name} left ${left.join(', ')} in ${place}`)
    }
  }

  #treeOf({ user }: Device): string {
    const lines = [
      ...user.entries('directory').map((path) => `${path}/`),
      ...user.entries('file').map((path) => `${path}: ${brief(user.read(path))}`),
    ]
    return lines.sort().join('\n')
  }

  #fail(what: string): void {
    this.tell(`FAILED ${what}`)
    this.#failures.push(what)
  }
}
