/**
 * P15: a device is killed while a large file goes up, or comes down, at many points of it; a new process over the same folder
 * finishes. What crossed the wire beyond what an undisturbed transfer takes went twice; what the system still held of the
 * dead process is lost with it, as it is where the other end is far away.
 */

import { mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { ByteRelay, type WireBytes } from './byte-relay.js'
import { ended } from './children.js'
import { Device } from './device.js'
import { isSynced, PASSWORD, startServer } from './ours.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Probe } from './probe.js'
import { SeededBytes } from './seeded-bytes.js'
import { MIB, writeRandomFile } from './trees.js'

const BYTES = 32 * MIB
/** Shares of the file, drawn one from each of so many equal parts of it. */
const KILLS = 6
const FRAME = 4 * MIB
/** The longest chunk of a file of this size. */
const CHUNK = 64 * 1024

type Direction = 'up' | 'down'

export const RESUME: Probe = {
  id: 'P15',
  title: `a device is killed at ${KILLS} points of a file of ${BYTES / MIB} MiB, each direction`,
  async run({ checkout, directory, seed, tell }) {
    const { server, port } = await startServer(checkout, join(directory, 'server'))
    const relay = await ByteRelay.to(port)
    const bench = new Bench(checkout, directory, seed, relay)
    try {
      await bench.open()
      const outcomes: Outcome[] = []
      for (const direction of ['up', 'down'] as const) outcomes.push(await killed(bench, direction, seed, tell))
      return outcomes
    } finally {
      await bench.close()
      await relay.close()
      await ended(server)
    }
  },
}

async function killed(
  bench: Bench,
  direction: Direction,
  seed: string,
  tell: (line: string) => void,
): Promise<Outcome> {
  const whole = await bench.carry(direction, null)
  const source = new SeededBytes(`${seed} ${direction}`)
  const twice: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const at = Math.floor(((kill + source.below(1_000) / 1_000) / KILLS) * BYTES)
    twice.push((await bench.carry(direction, at)) - whole)
  }
  tell(`${direction}: ${twice.map((bytes) => bytes.toLocaleString('en')).join(', ')} bytes went twice`)
  const most = Math.max(...twice)
  tell(`P15: ${most.toLocaleString('en')} bytes ${direction} at most, must ≤ ${FRAME / MIB} MiB`)
  return outcomeOf({ id: 'P15', what: `bytes that go ${direction} twice after a kill`, must: FRAME, goal: CHUNK }, most)
}

/** A sends, B receives; each is alone on the wire while it is measured, and killed at a count of bytes. */
class Bench {
  readonly #checkout: string
  readonly #directory: string
  readonly #seed: string
  readonly #relay: ByteRelay
  readonly #folders = { A: '', B: '' }
  #running: Device | null = null
  #files = 0

  constructor(checkout: string, directory: string, seed: string, relay: ByteRelay) {
    this.#checkout = checkout
    this.#directory = directory
    this.#seed = seed
    this.#relay = relay
  }

  /** Both know each other's empty folder then. */
  async open(): Promise<void> {
    for (const name of ['A', 'B'] as const) {
      this.#folders[name] = join(this.#directory, name)
      mkdirSync(this.#folders[name])
      await this.#runToRest(name, name === 'A' ? 'register' : 'join')
      await this.close()
    }
  }

  async close(): Promise<void> {
    await this.#running?.close()
    this.#running = null
  }

  /** Bytes in one direction until one more file is there. Killed after `at` of them; null: not at all. */
  async carry(direction: Direction, at: number | null): Promise<number> {
    const prepared = join(this.#directory, `file-${++this.#files}.bin`)
    writeRandomFile(prepared, `${this.#seed} ${this.#files}`, BYTES)
    renameSync(prepared, join(this.#folders.A, `file-${this.#files}.bin`))
    const bytes = await this.#finish('A', direction, direction === 'up' ? at : null)
    const other = await this.#finish('B', direction, direction === 'down' ? at : null)
    return direction === 'up' ? bytes : other
  }

  async #finish(name: 'A' | 'B', direction: Direction, at: number | null): Promise<number> {
    const before = this.#relay.bytes[direction]
    if (at !== null) await this.#killedAfter(name, direction, before + at)
    await this.#runToRest(name, 'join')
    await this.close()
    return this.#relay.bytes[direction] - before
  }

  async #killedAfter(name: 'A' | 'B', direction: Direction, count: number): Promise<void> {
    const device = await this.#device(name, 'join')
    await new Promise<void>((done, failed) => {
      this.#relay.onBytes = (bytes: WireBytes) => {
        if (bytes[direction] < count) return
        this.#relay.onBytes = () => undefined
        this.#relay.cut()
        device.kill().then(done, failed)
      }
      // It ends without an answer: it is killed while it works.
      device.start().catch(() => undefined)
    })
    this.#running = null
  }

  async #runToRest(name: 'A' | 'B', account: 'register' | 'join'): Promise<void> {
    const device = await this.#device(name, account)
    const rested = device.next(isSynced)
    await device.start()
    await rested
  }

  async #device(name: 'A' | 'B', account: 'register' | 'join'): Promise<Device> {
    const url = `http://127.0.0.1:${this.#relay.port}/sync`
    const folder = this.#folders[name]
    const device = new Device({ checkout: this.#checkout, url, folder, name, password: PASSWORD, account, flags: [] })
    this.#running = device
    await device.up()
    return device
  }
}
