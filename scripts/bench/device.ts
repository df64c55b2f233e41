/** The handle of a device process: commands go to it, and what its engine says of itself is heard. */

import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { buildSync } from 'esbuild'
import type { DeviceCommand, DeviceMessage, Gauges, StatusTold, SyncFigures } from './device-messages.js'

const PROGRAM = join(import.meta.dirname, 'device-process.ts')

/** As plain JavaScript: what translates a program while it loads has threads and hooks of its own, which would be measured too. */
function translated(directory: string): string {
  const outfile = join(directory, 'device-process.mjs')
  buildSync({ entryPoints: [PROGRAM], outfile, bundle: true, platform: 'node', format: 'esm', target: 'node20' })
  return outfile
}

export interface DeviceOptions {
  /** The checkout whose built package it runs. */
  readonly checkout: string
  readonly url: string
  readonly folder: string
  readonly name: string
  readonly password: string
  readonly account: 'register' | 'join'
  /** For Node itself. */
  readonly flags: readonly string[]
}

interface Waiting {
  readonly wants: (status: StatusTold) => boolean
  readonly done: (status: StatusTold) => void
  readonly failed: (error: Error) => void
}

export class Device {
  readonly name: string
  readonly folder: string
  readonly #child: ChildProcess
  readonly #replies = new Map<number, { done: (value: unknown) => void; failed: (error: Error) => void }>()
  readonly #up: Promise<void>
  readonly #ended: Promise<void>
  #waiting: Waiting | null = null
  #asked = 0
  last: StatusTold | null = null

  constructor({ checkout, url, folder, name, password, account, flags }: DeviceOptions) {
    this.name = name
    this.folder = folder
    this.#child = spawn(
      process.execPath,
      [...flags, translated(dirname(folder)), checkout, url, folder, name, password, account],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    )
    this.#up = new Promise((done) => {
      this.#child.on('message', (message: DeviceMessage) => (message.type === 'up' ? done() : this.#hear(message)))
    })
    this.#ended = new Promise((done) => this.#child.once('exit', () => (this.#fail(), done())))
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw this.#gone()
    return this.#child.pid
  }

  up(): Promise<void> {
    return Promise.race([this.#up, this.#ended.then(() => Promise.reject(this.#gone()))])
  }

  #hear(message: DeviceMessage): void {
    if (message.type === 'status') {
      this.last = message
      if (this.#waiting?.wants(message) === true) {
        this.#waiting.done(message)
        this.#waiting = null
      }
    }
    if (message.type === 'reply') this.#replies.get(message.id)?.done(message.value)
    if (message.type === 'failed') this.#replies.get(message.id)?.failed(new Error(`${this.name}: ${message.message}`))
  }

  #gone(): Error {
    return new Error(`the process of device ${this.name} ended`)
  }

  #fail(): void {
    this.#waiting?.failed(this.#gone())
    for (const { failed } of this.#replies.values()) failed(this.#gone())
  }

  /** The next status that is wanted; one that was told before does not count. */
  next(wants: (status: StatusTold) => boolean): Promise<StatusTold> {
    return new Promise((done, failed) => (this.#waiting = { wants, done, failed }))
  }

  async #ask(command: DeviceCommand): Promise<unknown> {
    const id = ++this.#asked
    try {
      return await new Promise((done, failed) => {
        this.#replies.set(id, { done, failed })
        this.#child.send({ id, command })
      })
    } finally {
      this.#replies.delete(id)
    }
  }

  async start(): Promise<void> {
    await this.#ask('start')
  }

  async sync(): Promise<SyncFigures> {
    return (await this.#ask('sync')) as SyncFigures
  }

  async watchDelays(): Promise<void> {
    await this.#ask('watch-delays')
  }

  async gauges(): Promise<Gauges> {
    return (await this.#ask('gauges')) as Gauges
  }

  /** At once, as a power button does it. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }

  /** In the order of a program that ends by itself, so that a profile of it is written. */
  async close(): Promise<void> {
    if (this.#child.connected) this.#child.send({ id: 0, command: 'exit' })
    await this.#ended
  }
}
