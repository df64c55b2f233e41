/** Two Syncthings on loopback, with their defaults but for discovery and relays, which are off. Told to scan after each change. */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ByteRelay } from './byte-relay.js'
import { ended, endsWithUs } from './children.js'
import { type Carried, type Contender, type Meeting, now, since } from './contender.js'

const KEY = 'bench'
const FOLDER = 'bench'
const ASK_EVERY_MS = 5
const OFF = {
  globalAnnounceEnabled: false,
  localAnnounceEnabled: false,
  relaysEnabled: false,
  natEnabled: false,
  crashReportingEnabled: false,
  autoUpgradeIntervalH: 0,
  urAccepted: -1,
  startBrowser: false,
  reconnectionIntervalS: 1,
}

class Peer {
  readonly id: string
  readonly folder: string
  readonly wirePort: number
  readonly #child: ChildProcess
  readonly #api: string

  private constructor(parts: { id: string; folder: string; wirePort: number; child: ChildProcess; api: string }) {
    this.id = parts.id
    this.folder = parts.folder
    this.wirePort = parts.wirePort
    this.#child = parts.child
    this.#api = parts.api
  }

  static async start(directory: string, name: string): Promise<Peer> {
    const [home, folder] = [join(directory, `home-${name}`), join(directory, name)]
    mkdirSync(folder)
    told(['generate', `--home=${home}`, '--no-default-folder', '--skip-port-probing'])
    const id = told([`--home=${home}`, '--device-id']).trim()
    const [apiPort, wirePort] = [await freePort(), await freePort()]
    const flags = ['--no-browser', '--no-upgrade', '--no-restart', `--gui-address=127.0.0.1:${apiPort}`]
    const args = ['serve', `--home=${home}`, `--gui-apikey=${KEY}`, ...flags]
    const child = endsWithUs(spawn('syncthing', args, { stdio: 'ignore' }))
    const peer = new Peer({ id, folder, wirePort, child, api: `http://127.0.0.1:${apiPort}/rest` })
    await peer.#answers()
    return peer
  }

  async #answers(): Promise<void> {
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error('syncthing ended')
      try {
        await this.ask('GET', 'system/ping')
        return
      } catch {
        await sleep(50)
      }
    }
  }

  async ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { 'X-API-Key': KEY, 'content-type': 'application/json' }
    const answer = await fetch(`${this.#api}/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`syncthing: ${path}: ${text}`)
    return text.startsWith('{') ? JSON.parse(text) : text
  }

  /** Shares its folder with the other, which it finds at the address, or waits for. */
  async share(other: Peer, address: string): Promise<void> {
    const listenAddresses = [`tcp://127.0.0.1:${this.wirePort}`]
    await this.ask('PATCH', 'config/options', { ...OFF, listenAddresses })
    await this.ask('PUT', `config/devices/${other.id}`, { deviceID: other.id, addresses: [address] })
    await this.ask('PUT', `config/folders/${FOLDER}`, {
      ...{ id: FOLDER, path: this.folder, rescanIntervalS: 0, fsWatcherEnabled: false },
      devices: [{ deviceID: this.id }, { deviceID: other.id }],
    })
  }

  /** Whether the other one told that it has all that this one knows of. Also true as long as it told nothing. */
  async believesInStep(other: Peer): Promise<boolean> {
    const answer = await this.ask('GET', `db/completion?folder=${FOLDER}&device=${other.id}`)
    const { needItems, needDeletes } = answer as { needItems: number; needDeletes: number }
    return needItems + needDeletes === 0
  }

  async standing(): Promise<Standing> {
    return (await this.ask('GET', `db/status?folder=${FOLDER}`)) as Standing
  }

  stop(): Promise<void> {
    return ended(this.#child)
  }
}

/** What a Syncthing says of its folder: what it has, and what it knows that there is. */
interface Standing {
  readonly state: string
  readonly localFiles: number
  readonly localDirectories: number
  readonly localBytes: number
  readonly localDeleted: number
  readonly needTotalItems: number
}

/** Says nothing of a change that leaves all counts as they are. */
function isInStep(a: Standing, b: Standing): boolean {
  const [inA, inB] = [a, b].map(({ state, localFiles, localDirectories, localBytes, localDeleted, needTotalItems }) =>
    JSON.stringify([state, localFiles, localDirectories, localBytes, localDeleted, needTotalItems]),
  )
  return inA === inB && a.state === 'idle' && a.needTotalItems === 0
}

function told(args: readonly string[]): string {
  return execFileSync('syncthing', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}

export function syncthing(): Contender {
  return { name: 'syncthing', meet }
}

async function meet(directory: string): Promise<Meeting> {
  const [a, b] = [await Peer.start(directory, 'from'), await Peer.start(directory, 'to')]
  const relay = await ByteRelay.to(a.wirePort)
  await a.share(b, 'tcp://127.0.0.1:9')
  await b.share(a, `tcp://127.0.0.1:${relay.port}`)
  const rested = async (): Promise<void> => {
    while (!(await a.believesInStep(b)) || !isInStep(await a.standing(), await b.standing())) await sleep(ASK_EVERY_MS)
  }
  await connected(a)
  const run = async (land: () => void): Promise<Carried> => {
    const before = relay.bytes
    const began = now()
    land()
    await a.ask('POST', `db/scan?folder=${FOLDER}`)
    await rested()
    return { wallMs: now() - began, pushMs: null, hops: [since(before, relay.bytes)], requests: null }
  }
  const close = async (): Promise<void> => {
    for (const peer of [a, b]) await peer.stop()
    await relay.close()
  }
  return { from: a.folder, to: b.folder, carry: run, idle: () => run(() => undefined), close }
}

async function connected(peer: Peer): Promise<void> {
  for (;;) {
    const { connections } = (await peer.ask('GET', 'system/connections')) as {
      connections: Record<string, { connected: boolean }>
    }
    if (Object.values(connections).some((connection) => connection.connected)) return
    await sleep(50)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((done) => server.close(() => done()))
  return port
}
