/**
 * The fast `Hasher`: BLAKE2b-256 by hash-wasm, some 40 times the reference, proven equal to it before it is handed out.
 * One WebAssembly instance serves all states, one loaded at a time; it must never give a digest of a mixed state.
 */

import type { IHasher } from 'hash-wasm'
import {
  type Digest,
  DOMAINS,
  type Domain,
  type Hasher,
  type HashState,
  portableHasher,
  TidemarkError,
} from '../../src/index.js'

/** What a hasher is prepared for. */
export interface WasmHasherOptions {
  /** Keys that are to be fast, 1–64 bytes each. Any other key is served by the reference: equal digests, plain speed. */
  readonly keys?: readonly Uint8Array[]
}

/** hash-wasm takes its input over in steps of this length. */
const STEP = 16_384
const SELF_TEST_LENGTHS = [0, 1, 127, 128, 255, 4_096, STEP - 1, STEP + 1]

/** The machine's state right behind the key, and behind key and domain byte. */
interface Beginnings {
  readonly key: Uint8Array | undefined
  readonly bare: Uint8Array
  readonly domains: ReadonlyMap<Domain, Uint8Array>
}

class WasmHashState implements HashState {
  readonly #machine: Machine
  /** What the machine is to be loaded with; null while it is loaded, and after the digest. */
  saved: Uint8Array | null
  #finished = false

  constructor(machine: Machine, beginning: Uint8Array) {
    this.#machine = machine
    this.saved = beginning
  }

  update(data: Uint8Array): void {
    this.#check()
    this.#machine.turnTo(this).update(data)
  }

  digest(): Digest {
    this.#check()
    const digest = this.#machine.turnTo(this).digest() as Digest
    this.#finished = true
    this.#machine.leave(this)
    return digest
  }

  #check(): void {
    if (!this.#finished) return
    throw new TidemarkError('internal', 'a hash state was used after its digest was taken', { subject: 'HashState' })
  }
}

/** The one instance, and whose state is in it. */
class Machine {
  readonly #wasm: IHasher
  readonly #head = new Uint8Array(STEP)
  #loaded: WasmHashState | null = null

  constructor(wasm: IHasher) {
    this.#wasm = wasm
  }

  turnTo(state: WasmHashState): IHasher {
    if (this.#loaded === state) return this.#wasm
    this.#put()
    if (state.saved === null) throw new TidemarkError('internal', 'a hash state was lost', { subject: 'HashState' })
    this.#wasm.load(state.saved)
    state.saved = null
    this.#loaded = state
    return this.#wasm
  }

  leave(state: WasmHashState): void {
    if (this.#loaded === state) this.#loaded = null
  }

  /** Domain byte and data go in as whole steps: updates off the 128-byte grid would cost a copy inside. */
  digest(beginnings: Beginnings, domain: Domain, data: Uint8Array): Digest {
    this.#put()
    const wasm = beginnings.key === undefined ? this.#wasm.init() : this.#wasm.load(beginnings.bare)
    const first = Math.min(data.length, STEP - 1)
    this.#head[0] = DOMAINS[domain]
    this.#head.set(first === data.length ? data : data.subarray(0, first), 1)
    wasm.update(this.#head.subarray(0, first + 1))
    if (first < data.length) wasm.update(data.subarray(first))
    return wasm.digest() as Digest
  }

  #put(): void {
    if (this.#loaded === null) return
    this.#loaded.saved = this.#wasm.save()
    this.#loaded = null
  }
}

class WasmHasher implements Hasher {
  readonly algorithm = 'blake2b-256'
  readonly #machine: Machine
  readonly #plain: Beginnings
  readonly #keyed: readonly Beginnings[]
  readonly #reference = portableHasher()

  constructor(machine: Machine, plain: Beginnings, keyed: readonly Beginnings[]) {
    this.#machine = machine
    this.#plain = plain
    this.#keyed = keyed
  }

  digest(domain: Domain, data: Uint8Array, key?: Uint8Array): Digest {
    const beginnings = this.#beginningsOf(key)
    if (beginnings === undefined) return this.#reference.digest(domain, data, key)
    return this.#machine.digest(beginnings, domain, data)
  }

  start(domain: Domain, key?: Uint8Array): HashState {
    const beginning = this.#beginningsOf(key)?.domains.get(domain)
    if (beginning === undefined) return this.#reference.start(domain, key)
    return new WasmHashState(this.#machine, beginning)
  }

  #beginningsOf(key: Uint8Array | undefined): Beginnings | undefined {
    return key === undefined ? this.#plain : this.#keyed.find((known) => equal(known.key, key))
  }
}

function equal(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && a.length === b.length && a.every((byte, at) => byte === b[at])
}

function beginningsOf(wasm: IHasher, key: Uint8Array | undefined): Beginnings {
  const bare = wasm.init().save()
  const domains = new Map<Domain, Uint8Array>()
  for (const domain of Object.keys(DOMAINS) as Domain[]) {
    domains.set(domain, wasm.init().update(Uint8Array.of(DOMAINS[domain])).save())
  }
  return { key, bare, domains }
}

async function makeHasher(keys: readonly Uint8Array[]): Promise<Hasher> {
  // Loaded by whoever hashes, not by whoever imports.
  const { createBLAKE2b } = await import('./blake2b-wasm.js')
  const wasm = await createBLAKE2b(256)
  const plain = beginningsOf(wasm, undefined)
  const keyed: Beginnings[] = []
  // A state saved by one instance can be loaded by another: the keyed instances are not kept.
  for (const key of keys.map((given) => given.slice())) keyed.push(beginningsOf(await createBLAKE2b(256, key), key))
  return new WasmHasher(new Machine(wasm), plain, keyed)
}

/** Two interleaved states and a whole digest, at lengths around every edge, for each key. */
function agree(hasher: Hasher, key: Uint8Array | undefined): boolean {
  const reference = portableHasher()
  return SELF_TEST_LENGTHS.every((length) => {
    const data = Uint8Array.from({ length }, (_, at) => (at * 31 + length) & 0xff)
    const wanted = reference.digest('chunk', data, key)
    const a = hasher.start('chunk', key)
    const b = hasher.start('chunk', key)
    a.update(data.subarray(0, length >> 1))
    b.update(data)
    const whole = hasher.digest('chunk', data, key)
    a.update(data.subarray(length >> 1))
    return whole === wanted && a.digest() === wanted && b.digest() === wanted
  })
}

/**
 * Makes the fast hasher and tests it against the reference. Throws `invalid` for a key of a wrong length and `internal`
 * where WebAssembly is missing or disagrees; `portableHasher()` is the choice then.
 */
export async function wasmHasher(options: WasmHasherOptions = {}): Promise<Hasher> {
  const keys = options.keys ?? []
  for (const key of keys) portableHasher().start('check', key)
  let hasher: Hasher
  try {
    hasher = await makeHasher(keys)
  } catch (cause) {
    throw unusable('WebAssembly hashing cannot be started here', cause)
  }
  if ([undefined, ...keys].every((key) => agree(hasher, key))) return hasher
  throw unusable('WebAssembly hashing disagrees with the reference', undefined)
}

function unusable(message: string, cause: unknown): TidemarkError {
  const next = 'Pass `hasher: portableHasher()`: equal digests, some 28 MB/s.'
  return new TidemarkError('internal', message, { subject: 'hash-wasm', next, cause })
}
