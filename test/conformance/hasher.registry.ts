/** The hashers that obey the hasher rules. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { type Hasher, portableHasher } from '../../src/index.js'
import type { Adapter } from './case.js'
import type { HasherSubject } from './hasher.suite.js'

export type HasherAdapter = Adapter<HasherSubject>

const KEYS = [Uint8Array.of(7), ...[32, 64].map((length) => Uint8Array.from({ length }, (_, at) => at))]

const of = async (hasher: Hasher): ReturnType<HasherAdapter['make']> => ({ hasher, dispose: async () => {} })

export const HASHERS: readonly HasherAdapter[] = [
  { name: 'portableHasher', make: () => of(portableHasher()) },
  { name: 'wasmHasher', make: async () => of(await wasmHasher()) },
  { name: 'wasmHasher with keys', make: async () => of(await wasmHasher({ keys: KEYS })) },
]
