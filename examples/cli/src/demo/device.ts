/** One device: a folder, a `tidemark watch` on it, and what that says. All its traffic goes through a relay of its own. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Child, Children } from './children.js'
import type { Relay } from './relay.js'

export interface DeviceParts {
  readonly name: 'A' | 'B'
  /** Where folder and login are made. */
  readonly directory: string
  readonly relay: Relay
  readonly children: Children
}

/** Counted since the demo began. */
export interface Counts {
  /** Bytes on the wire, as the relay saw them. */
  readonly up: number
  readonly down: number
  /** Bytes of file content that travelled, as the engine says. */
  readonly content: number
  readonly sequence: number
}

export class Device {
  readonly name: 'A' | 'B'
  readonly folder: string
  readonly home: string
  readonly relay: Relay
  readonly #children: Children
  #watch: Child | null = null
  #state = 'stopped'
  #sequence = 0
  #content = 0
  readonly #failures = new Set<string>()
  #problems: readonly string[] = []

  constructor({ name, directory, relay, children }: DeviceParts) {
    this.name = name
    this.folder = join(directory, name)
    this.home = join(directory, `home-${name}`)
    this.relay = relay
    this.#children = children
    mkdirSync(this.folder)
  }

  get url(): string {
    return `http://127.0.0.1:${this.relay.port}/sync`
  }

  get counts(): Counts {
    return { ...this.relay.passed, content: this.#content, sequence: this.#sequence }
  }

  /** What the last status names; a file that is being written is among them for a moment. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** What must not happen at all. */
  get failures(): readonly string[] {
    return [...this.#failures]
  }

  isSyncedBeyond(sequence: number): boolean {
    return this.#state === 'synced' && this.#sequence > sequence
  }

  get isSynced(): boolean {
    return this.#state === 'synced'
  }

  /** Runs one command of the command line as this device. */
  async command(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
    return this.#children.run({ script: 'main.js', args: [...args, '--json'], env: this.env })
  }

  /** A sync by hand, over a disk that counts. */
  async countedSync(): Promise<Readonly<Record<string, unknown>>> {
    return this.#children.run({ script: 'demo/counting-device.js', args: [this.folder], env: this.env })
  }

  watch(): void {
    const args = ['watch', this.folder, '--json']
    this.#watch = this.#children.start({ script: 'main.js', args, env: this.env, onLine: (line) => this.#hear(line) })
    // What ends before it is told to has failed; the waits that depend on it say so.
    this.#watch.ended.then(
      ({ stderr }) => this.#failures.add(`watch ended ${stderr}`),
      (error: unknown) => this.#failures.add(String(error)),
    )
  }

  /** Ctrl-C, as a person would. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    const watch = this.#watch
    if (watch === null) return null
    this.#watch = null
    watch.interrupt()
    const { code } = await watch.ended
    this.#state = 'stopped'
    return code
  }

  get env(): Readonly<Record<string, string>> {
    return { TIDEMARK_HOME: this.home }
  }

  #hear(line: Readonly<Record<string, unknown>>): void {
    const known = line['known']
    switch (line['event']) {
      case 'status':
        this.#state = String(line['state'])
        if (typeof known === 'object' && known !== null) this.#sequence = Number(Reflect.get(known, 'sequence'))
        this.#problems = Array.isArray(line['problems'])
          ? line['problems'].map((problem) => JSON.stringify(problem))
          : []
        break
      case 'progress':
        this.#content = Number(line['bytesSent']) + Number(line['bytesReceived'])
        break
      case 'error':
        this.#failures.add(JSON.stringify(line))
        break
    }
  }
}
