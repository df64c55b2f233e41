/** One writer of P16: a workspace with one file, of which it commits a new version when it is told to, by the protocol of a device. */

import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import type * as core from 'tidemark'
import type * as node from 'tidemark/node'
import { now } from './contender.js'
import { SeededBytes } from './seeded-bytes.js'

const EDIT_BYTES = 1_000
const NAME = 'edited'

export interface WriterOptions {
  /** The checkout whose built package it runs. */
  readonly checkout: string
  readonly url: string
  readonly token: string
  readonly workspace: string
  readonly seed: string
}

export class Writer {
  readonly #core: typeof core
  readonly #transport: core.Transport
  readonly #source: SeededBytes
  readonly #hasher: core.Hasher
  readonly #id: core.NodeId
  #cursor: core.Cursor
  #base: core.Sequence | null = null

  private constructor(parts: typeof core, transport: core.Transport, seed: string, cursor: core.Cursor) {
    this.#core = parts
    this.#transport = transport
    this.#source = new SeededBytes(seed)
    this.#hasher = parts.portableHasher()
    this.#id = this.#source.bytes(16).toString('hex') as core.NodeId
    this.#cursor = cursor
  }

  /** A new device of the workspace, which is empty. */
  static async open({ checkout, url, token, workspace, seed }: WriterOptions): Promise<Writer> {
    const parts = (await import(resolve(checkout, 'dist/index.js'))) as typeof core
    const { httpTransport } = (await import(resolve(checkout, 'dist/node.js'))) as typeof node
    const transport = httpTransport({ url, workspace, token })
    const session = { last: null, next: drawn() }
    const hello = { type: 'hello', workspace, device: drawn(), session, cursor: null, witness: null } as const
    const answer = parts.decodeAnswer(await transport.exchange(parts.encodeRequest(hello)))
    if (answer.type !== 'hello' || answer.state.standing !== 'current')
      throw new Error(`the server answered ${JSON.stringify(answer)}`)
    return new Writer(parts, transport, `${seed} ${workspace}`, answer.state.page.cursor)
  }

  /** Milliseconds until the server has it, durably, and has said so. */
  async commit(): Promise<number> {
    const request = this.#edit()
    const began = now()
    const frame = await this.#transport.exchange(this.#core.encodeRequest(request))
    const spent = now() - began
    const answer = this.#core.decodeAnswer(frame)
    const result = answer.type === 'commit' ? answer.results[0]?.[0] : undefined
    if (answer.type !== 'commit' || result?.verdict !== 'accepted')
      throw new Error(`the server answered ${JSON.stringify(answer)}`)
    this.#base = result.sequence
    this.#cursor = { epoch: this.#cursor.epoch, sequence: answer.last, hash: answer.hash }
    return spent
  }

  close(): Promise<void> {
    return this.#transport.close()
  }

  #edit(): core.CommitRequest {
    const bytes = this.#source.bytes(EDIT_BYTES)
    const size = bytes.length
    const digest = this.#hasher.digest('chunk', bytes)
    const manifest = { chunks: [{ digest, length: size }], size }
    const content = this.#core.manifestDigest(this.#hasher, manifest)
    const cursor = this.#cursor
    return {
      type: 'commit',
      workspace: this.#transport.workspace,
      cursor,
      witness: cursor,
      key: drawn(),
      groups: [[this.#change(content, size)]],
      manifests: [{ form: 'whole', digest: content, manifest }],
      chunks: [{ digest, encoding: 'identity', bytes }],
    }
  }

  #change(digest: core.Digest, size: number): core.Change {
    const id = this.#id
    if (this.#base !== null) return { type: 'update', id, base: this.#base, content: { digest, size, modifiedAt: 0 } }
    const { ROOT_ID: parentId, keyOf } = this.#core
    const rest = { size, modifiedAt: 0, executable: false, conflictOf: null }
    return { type: 'create', id, parentId, name: NAME, key: keyOf(NAME), kind: 'file', content: digest, ...rest }
  }
}

/** 32 hex digits, as a device draws them. */
function drawn(): string {
  return randomBytes(16).toString('hex')
}
