/**
 * The reference `Hasher`: BLAKE2b-256 in plain JavaScript, always there, some 28 MB/s.
 * Faster hashers must agree with it bit for bit; it must never depend on the host.
 */

import { BLAKE2b } from '@stablelib/blake2b'
import { TidemarkError } from '../errors.js'
import { DOMAINS, type Domain, type Hasher, type HashState } from '../interfaces/hasher.js'
import { toHex } from '../model/hex.js'
import type { Digest } from '../model/ids.js'

const DIGEST_BYTES = 32
const KEY_BYTES = 64

class PortableHashState implements HashState {
  readonly #state: BLAKE2b
  #finished = false

  constructor(domain: Domain, key: Uint8Array | undefined) {
    this.#state = new BLAKE2b(DIGEST_BYTES, key === undefined ? undefined : { key: checkedKey(key) })
    this.#state.update(Uint8Array.of(DOMAINS[domain]))
  }

  update(data: Uint8Array): void {
    if (this.#finished) throw finishedTwice()
    this.#state.update(data)
  }

  digest(): Digest {
    if (this.#finished) throw finishedTwice()
    this.#finished = true
    return toHex(this.#state.digest()) as Digest
  }
}

function checkedKey(key: Uint8Array): Uint8Array {
  if (key.length >= 1 && key.length <= KEY_BYTES) return key
  throw new TidemarkError('invalid', `a key of ${key.length} bytes`, {
    subject: 'key',
    next: 'Give a key of 1 to 64 bytes, or none.',
  })
}

function finishedTwice(): TidemarkError {
  return new TidemarkError('internal', 'a hash state was used after its digest was taken', { subject: 'HashState' })
}

class PortableHasher implements Hasher {
  readonly algorithm = 'blake2b-256'

  digest(domain: Domain, data: Uint8Array, key?: Uint8Array): Digest {
    const state = this.start(domain, key)
    state.update(data)
    return state.digest()
  }

  start(domain: Domain, key?: Uint8Array): HashState {
    return new PortableHashState(domain, key)
  }
}

/** Digests without anything but the language. HASH-1 (RFC 7693), HASH-2, HASH-3. */
export function portableHasher(): Hasher {
  return new PortableHasher()
}
