/**
 * A wire between one client and the server, on loopback: it carries every byte as it comes, and sees which requests are open.
 * When the server is gone, so is the connection; the next one goes to where the server is then.
 */

import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net'
import { brotliDecompressSync, constants, inflateRawSync } from 'node:zlib'

/** `began`: its type is known. `whole`: its last byte left for the server. `answered`: the first byte of the answer is here. */
export type Stage = 'began' | 'whole' | 'answered'

export interface OpenRequest {
  readonly type: string
  readonly stage: Stage
}

const HEAD_BYTES = 32 * 1024
const FRAME_AT = 5
const FRAME_PREFIX = 10

export class Relay {
  readonly #server: Server
  readonly #calls = new Set<Call>()
  readonly #onStage: (type: string, stage: Stage) => void
  /** Port of the server, where there is one. */
  target: number | null = null

  private constructor(onStage: (type: string, stage: Stage) => void) {
    this.#onStage = onStage
    this.#server = createServer((client) => this.#serve(client))
  }

  static async listen(onStage: (type: string, stage: Stage) => void): Promise<Relay> {
    const relay = new Relay(onStage)
    await new Promise<void>((done, failed) => {
      relay.#server.once('error', failed)
      relay.#server.listen(0, '127.0.0.1', done)
    })
    return relay
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sync`
  }

  /** Requests without their whole answer. */
  get open(): readonly OpenRequest[] {
    return [...this.#calls].flatMap(({ open }) => (open === null ? [] : [open]))
  }

  async close(): Promise<void> {
    for (const call of this.#calls) call.end()
    await new Promise<void>((done) => this.#server.close(() => done()))
  }

  #serve(client: Socket): void {
    if (this.target === null) {
      client.destroy()
      return
    }
    const call = new Call(client, connect(this.target, '127.0.0.1'), this.#onStage)
    this.#calls.add(call)
    client.once('close', () => this.#calls.delete(call))
  }
}

/** One connection. Its two ends fall together. */
class Call {
  readonly #ends: readonly [client: Socket, server: Socket]
  readonly #onStage: (type: string, stage: Stage) => void
  #request: Message | null = null
  #answer: Message | null = null
  open: OpenRequest | null = null

  constructor(client: Socket, server: Socket, onStage: (type: string, stage: Stage) => void) {
    this.#ends = [client, server]
    this.#onStage = onStage
    for (const socket of this.#ends) {
      socket.setNoDelay(true)
      socket.on('error', () => undefined)
      socket.once('close', () => this.end())
    }
    client.on('data', (bytes: Buffer) => {
      server.write(bytes)
      this.#sent(bytes)
    })
    server.on('data', (bytes: Buffer) => {
      client.write(bytes)
      this.#received(bytes)
    })
  }

  end(): void {
    this.open = null
    for (const socket of this.#ends) socket.destroy()
  }

  #sent(bytes: Buffer): void {
    if (this.#request === null || this.#answer !== null) {
      this.#request = new Message()
      this.#answer = null
      this.open = null
    }
    this.#request.take(bytes)
    const type = this.#request.frameType()
    if (type === null) return
    if (this.open === null) this.#tell(type, 'began')
    if (this.#request.isWhole) this.#tell(type, 'whole')
  }

  #received(bytes: Buffer): void {
    if (this.#answer === null) {
      this.#answer = new Message()
      if (this.open !== null) this.#tell(this.open.type, 'answered')
    }
    this.#answer.take(bytes)
    if (this.#answer.isWhole) this.open = null
  }

  #tell(type: string, stage: Stage): void {
    if (this.open?.stage === stage) return
    this.open = { type, stage }
    this.#onStage(type, stage)
  }
}

/** As much of an HTTP message as tells its length, and what the frame in it is. Neither side pipelines. */
class Message {
  #head = Buffer.alloc(0)
  #bytes = 0
  /** Of head and body; null before it is known, or when it has no end. */
  #length: number | null = null
  #bodyAt: number | null = null
  #type: string | null = null

  take(bytes: Buffer): void {
    this.#bytes += bytes.length
    if (this.#head.length < HEAD_BYTES) this.#head = Buffer.concat([this.#head, bytes.subarray(0, HEAD_BYTES)])
    if (this.#bodyAt !== null) return
    const end = this.#head.indexOf('\r\n\r\n')
    if (end === -1) return
    this.#bodyAt = end + 4
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(this.#head.toString('latin1', 0, end)) ?? []
    if (length !== undefined) this.#length = this.#bodyAt + Number(length)
  }

  get isWhole(): boolean {
    return this.#length !== null && this.#bytes >= this.#length
  }

  /** Null as long as it does not say, and for what is no frame. */
  frameType(): string | null {
    if (this.#type !== null || this.#bodyAt === null) return this.#type
    const frame = this.#head.subarray(this.#bodyAt)
    if (frame.length <= FRAME_PREFIX || frame.toString('latin1', 0, 4) !== 'TDMK') return null
    const [, type = null] = /"type":"([a-z-]+)"/.exec(opened(frame).toString('latin1', 0, 2_000)) ?? []
    this.#type = type
    return type
  }
}

/** The beginning of a frame, whatever part of it is here. */
function opened(frame: Buffer): Buffer {
  const rest = frame.subarray(FRAME_PREFIX)
  try {
    if (frame[FRAME_AT] === 1) return inflateRawSync(rest, { finishFlush: constants.Z_SYNC_FLUSH })
    if (frame[FRAME_AT] === 2) return brotliDecompressSync(rest, { finishFlush: constants.BROTLI_OPERATION_FLUSH })
    return rest
  } catch {
    return Buffer.alloc(0)
  }
}
