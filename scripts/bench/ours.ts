/** Ours: device A, HTTP, the example server, HTTP, device B, each in a process of its own, both engines live. */

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, renameSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { ByteRelay } from './byte-relay.js'
import { ended, endsWithUs } from './children.js'
import { type Carried, type Contender, type Meeting, now, since } from './contender.js'
import { Device } from './device.js'
import type { StatusTold } from './device-messages.js'

export const PASSWORD = 'four quiet herons at dusk'

export interface Ours {
  /** Built. */
  readonly checkout: string
  /** For Node itself, in each of the three processes. */
  readonly flags?: readonly string[]
}

export class OurMeeting implements Meeting {
  readonly #server: ChildProcess
  readonly relays: readonly [a: ByteRelay, b: ByteRelay]
  readonly devices: readonly [a: Device, b: Device]

  private constructor(server: ChildProcess, relays: OurMeeting['relays'], devices: OurMeeting['devices']) {
    this.#server = server
    this.relays = relays
    this.devices = devices
  }

  static async open({ checkout, flags = [] }: Ours, directory: string): Promise<OurMeeting> {
    const { server, port } = await startServer(checkout, join(directory, 'server'), flags)
    const relays = [await ByteRelay.to(port), await ByteRelay.to(port)] as const
    const device = async (name: string, relay: ByteRelay, account: 'register' | 'join'): Promise<Device> => {
      const folder = join(directory, name)
      mkdirSync(folder)
      const url = `http://127.0.0.1:${relay.port}/sync`
      const made = new Device({ checkout, url, folder, name, password: PASSWORD, account, flags })
      await made.up()
      return made
    }
    const a = await device('A', relays[0], 'register')
    const b = await device('B', relays[1], 'join')
    for (const one of [a, b]) {
      const rested = one.next(isSynced)
      await one.start()
      await rested
    }
    return new OurMeeting(server, relays, [a, b])
  }

  get from(): string {
    return this.devices[0].folder
  }

  get to(): string {
    return this.devices[1].folder
  }

  async carry(land: () => void): Promise<Carried> {
    const [a, b] = this.devices
    const before = this.#bytes()
    const known = a.last?.applied ?? 0
    const pushed = a.next((status) => isSynced(status) && status.applied > known)
    const through: StatusTold[] = []
    const arrived = b.next((status) => {
      if (isSynced(status)) through.push(status)
      return false
    })
    arrived.catch(() => undefined)
    const began = now()
    land()
    const { at: pushedAt, applied } = await pushed
    const done = through.find((status) => status.applied >= applied)
    const { at: arrivedAt } = done ?? (await b.next((status) => isSynced(status) && status.applied >= applied))
    return {
      wallMs: arrivedAt - began,
      pushMs: pushedAt - began,
      hops: this.#bytes().map((bytes, at) => bytes - (before[at] ?? 0)),
      requests: null,
    }
  }

  async idle(): Promise<Carried> {
    const before = this.relays[0].bytes
    const { wallMs, requests } = await this.devices[0].sync()
    return { wallMs, pushMs: null, hops: [since(before, this.relays[0].bytes)], requests }
  }

  /** Moves what was prepared on the same disk into `from`, under its own name, and waits until it is everywhere. */
  async arrive(prepared: string): Promise<Carried> {
    return this.carry(() => renameSync(prepared, join(this.from, basename(prepared))))
  }

  #bytes(): readonly number[] {
    return this.relays.map(({ bytes }) => bytes.up + bytes.down)
  }

  async close(): Promise<void> {
    for (const device of this.devices) await device.close()
    for (const relay of this.relays) await relay.close()
    await ended(this.#server)
  }
}

export function isSynced({ state }: StatusTold): boolean {
  return state === 'synced'
}

export function ours(parts: Ours, name = 'ours'): Contender {
  return { name, meet: (directory) => OurMeeting.open(parts, directory) }
}

export async function startServer(
  checkout: string,
  data: string,
  flags: readonly string[] = [],
): Promise<{ server: ChildProcess; port: number }> {
  const program = join(checkout, 'examples/express-server/bin/tidemark-server.js')
  const args = [...flags, program, '--port', '0', '--data', data, '--json']
  const server = endsWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
  for await (const line of createInterface({ input: server.stdout })) {
    const told = JSON.parse(line) as { event?: string; port?: number }
    if (told.event === 'ready' && told.port !== undefined) return { server, port: told.port }
  }
  throw new Error('the server ended before it was ready')
}
