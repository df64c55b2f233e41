/**
 * A TCP relay that counts what passes, stands between a device and the server, and can hold everything back for a while.
 * It reads nothing of what it carries.
 */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface Passed {
  /** Bytes from the device to the server. */
  readonly up: number
  readonly down: number
}

export interface Relay {
  readonly port: number
  readonly passed: Passed
  /** When a byte passed last, `performance.now()`. */
  readonly lastAt: number
  /** Bytes of the device that wait here since `hold`. */
  readonly waiting: number
  /** From now on nothing passes. */
  hold(): void
  /** What was held passes, in its order. */
  release(): void
  close(): Promise<void>
}

export async function startRelay(targetPort: number): Promise<Relay> {
  const relay = new CountingRelay(targetPort)
  await relay.listen()
  return relay
}

type Direction = 'up' | 'down'

class CountingRelay implements Relay {
  readonly #targetPort: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  readonly #held: (() => void)[] = []
  readonly #passed = { up: 0, down: 0 }
  #waiting = 0
  #lastAt = performance.now()
  #isHolding = false

  constructor(targetPort: number) {
    this.#targetPort = targetPort
    this.#server = createServer((client) => this.#join(client))
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get passed(): Passed {
    return { ...this.#passed }
  }

  get lastAt(): number {
    return this.#lastAt
  }

  get waiting(): number {
    return this.#waiting
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
  }

  hold(): void {
    this.#isHolding = true
  }

  release(): void {
    this.#isHolding = false
    this.#waiting = 0
    for (const pass of this.#held.splice(0)) pass()
  }

  close(): Promise<void> {
    this.#held.length = 0
    for (const socket of this.#sockets) socket.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #join(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1')
    this.#carry('up', client, server)
    this.#carry('down', server, client)
  }

  #carry(direction: Direction, from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('data', (bytes) => this.#pass(direction, bytes, from, to))
    from.on('end', () => this.#later(() => to.end()))
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      this.#later(() => to.destroySoon())
    })
  }

  #pass(direction: Direction, bytes: Buffer, from: Socket, to: Socket): void {
    if (this.#isHolding && direction === 'up') this.#waiting += bytes.length
    this.#later(() => {
      this.#passed[direction] += bytes.length
      this.#lastAt = performance.now()
      if (to.destroyed || to.write(bytes)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
  }

  #later(run: () => void): void {
    if (this.#isHolding) this.#held.push(run)
    else run()
  }
}
