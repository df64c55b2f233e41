/** The scenery of the demo: a server, two devices behind relays, one account, one workspace; all below one directory. */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Children } from './children.js'
import { Device } from './device.js'
import { type Relay, startRelay } from './relay.js'
import { until } from './waiting.js'

export interface ServedRequest {
  readonly method: string
  readonly path: string
}

const USER = 'ann'
const WORKSPACE = 'demo'

export class Stage {
  readonly directory: string
  readonly children = new Children()
  readonly #signal: AbortSignal
  readonly #relays: Relay[] = []
  readonly #requests: ServedRequest[] = []
  #serverUrl = ''
  #devices: readonly [Device, Device] | null = null

  constructor(directory: string, signal: AbortSignal) {
    this.directory = directory
    this.#signal = signal
  }

  get devices(): readonly [Device, Device] {
    if (this.#devices === null) throw new Error('the stage is not set')
    return this.#devices
  }

  get serverUrl(): string {
    return this.#serverUrl
  }

  /** What the server's log says it has answered, oldest first. */
  get requests(): readonly ServedRequest[] {
    return this.#requests
  }

  /** Starts the server, makes account and devices, links their folders. Nothing is synced yet. */
  async set(): Promise<void> {
    const port = await this.#serve()
    const [a, b] = [await this.#device('A', port), await this.#device('B', port)]
    this.#devices = [a, b]
    const password = randomBytes(18).toString('base64url')
    await this.#enter(a, 'register', password)
    await this.#enter(b, 'login', password)
    for (const device of this.#devices) await device.command('link', device.folder, WORKSPACE)
  }

  async close(): Promise<void> {
    await this.children.endAll()
    await Promise.all(this.#relays.map((relay) => relay.close()))
  }

  async #serve(): Promise<number> {
    let port = 0
    const server = this.children.start({
      script: serverScript(),
      args: ['--json', '--log', 'info', '--port', '0', '--data', join(this.directory, 'server')],
      env: {},
      onLine: (line) => {
        if (line['event'] === 'ready') [port, this.#serverUrl] = [Number(line['port']), String(line['url'])]
        if (line['event'] === 'http.request') {
          this.#requests.push({ method: String(line['method']), path: String(line['path']) })
        }
      },
    })
    let failure: string | null = null
    server.ended.then(
      ({ stderr }) => (failure = stderr),
      (error: unknown) => (failure = String(error)),
    )
    const isUp = (): boolean => {
      if (failure !== null) throw new Error(`the server ended: ${failure}`)
      return port !== 0
    }
    await until('the server is up', isUp, { signal: this.#signal })
    return port
  }

  async #device(name: 'A' | 'B', port: number): Promise<Device> {
    const relay = await startRelay(port)
    this.#relays.push(relay)
    return new Device({ name, directory: this.directory, relay, children: this.children })
  }

  async #enter(device: Device, how: 'register' | 'login', password: string): Promise<void> {
    const args = [how, USER, '--server', device.url, '--device', device.name, '--json']
    await this.children.run({ script: 'main.js', args, env: { ...device.env, TIDEMARK_PASSWORD: password } })
  }
}

/** The example server's own program. */
function serverScript(): string {
  const entry = createRequire(import.meta.url).resolve('@tidemark/express-server')
  return join(dirname(entry), 'main.js')
}

/** The installed compiler: a tree that nobody here wrote. */
export function compilerTree(): string {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
  if (!existsSync(manifest)) throw new Error('the development packages are not installed: npm install')
  return dirname(manifest)
}
