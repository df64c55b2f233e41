/** The hashers that obey the hasher rules. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { type Hasher, portableHasher } from '../../src/index.js'

export interface HasherAdapter {
  readonly name: string
  readonly make: () => Promise<Hasher>
}

export const HASHERS: readonly HasherAdapter[] = [
  { name: 'portableHasher', make: async () => portableHasher() },
  { name: 'wasmHasher', make: () => wasmHasher() },
  {
    name: 'wasmHasher with keys',
    make: () =>
      wasmHasher({ keys: [Uint8Array.of(7), ...[32, 64].map((length) => Uint8Array.from({ length }, (_, at) => at))] }),
  },
]
