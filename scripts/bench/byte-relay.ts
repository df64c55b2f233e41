/** A wire on loopback that counts: every byte of both directions, heads and bodies, whatever is spoken on it. */

import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface WireBytes {
  /** From the client to the server. */
  readonly up: number
  readonly down: number
}

export class ByteRelay {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #up = 0
  #down = 0
  /** After each piece that came, before it goes on. */
  onBytes: (bytes: WireBytes) => void = () => undefined

  private constructor(target: number) {
    this.#server = createServer((client) => this.#join(client, connect(target, '127.0.0.1')))
  }

  /** Before a server that listens on this port. */
  static async to(target: number): Promise<ByteRelay> {
    const relay = new ByteRelay(target)
    await new Promise<void>((done, failed) => {
      relay.#server.once('error', failed)
      relay.#server.listen(0, '127.0.0.1', done)
    })
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get bytes(): WireBytes {
    return { up: this.#up, down: this.#down }
  }

  /** Every connection ends now; what was on its way is lost, as on a long wire. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise<void>((done) => this.#server.close(() => done()))
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        this.#sockets.delete(socket)
        for (const end of [client, server]) end.destroy()
      })
    }
    client.on('data', (bytes) => this.#count(bytes.length, 0))
    server.on('data', (bytes) => this.#count(0, bytes.length))
    client.pipe(server)
    server.pipe(client)
  }

  #count(up: number, down: number): void {
    this.#up += up
    this.#down += down
    this.onBytes(this.bytes)
  }
}
