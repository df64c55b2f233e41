/**
 * The hasher a folder hands out before anything was loaded: the reference at first, the fast one from the moment
 * it is ready. Both give equal digests, so that nobody notices but by the clock.
 */

import { type Digest, type Domain, type HashState, type Hasher, portableHasher } from '../../src/index.js'
import { wasmHasher } from './wasm-hasher.js'

export class LateHasher implements Hasher {
  readonly algorithm = 'blake2b-256'
  #hasher: Hasher = portableHasher()
  #loading: Promise<void> | null = null

  digest(domain: Domain, data: Uint8Array, key?: Uint8Array): Digest {
    return this.#hasher.digest(domain, data, key)
  }

  start(domain: Domain, key?: Uint8Array): HashState {
    return this.#hasher.start(domain, key)
  }

  /** Loads the fast one, once. Where it cannot run, the reference stays. */
  load(): Promise<void> {
    this.#loading ??= wasmHasher().then(
      (fast) => {
        this.#hasher = fast
      },
      () => {
        // Without WebAssembly the reference is slow, and right.
      },
    )
    return this.#loading
  }
}
