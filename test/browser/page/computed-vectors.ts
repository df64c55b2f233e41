/**
 * What a host makes of the golden vectors, as plain data, so that two hosts can be compared byte for byte. It judges
 * nothing and runs in Node and in a page alike.
 */

import { hash } from '@stablelib/blake2b'
import { createBLAKE2b } from 'hash-wasm'
import { wasmHasher } from '../../../adapters/shared/wasm-hasher.js'
import {
  boundaryTable,
  type ContentRule,
  describeContent,
  type Domain,
  encodeManifest,
  fromHex,
  type Hasher,
  type Manifest,
  manifestDigest,
  portableHasher,
  toHex,
} from '../../../src/index.js'
import { type Generator, generate } from '../../vectors/generators.js'

/** The part of test/vectors/content.json that says what is to be computed. */
export interface VectorInputs {
  readonly blake2b256: readonly { readonly inputHex: string; readonly keyHex?: string }[]
  readonly domains: {
    readonly digests: readonly { readonly domain: Domain; readonly inputHex: string; readonly keyHex?: string }[]
  }
  readonly manifests: readonly { readonly manifest: Manifest }[]
  readonly tables: readonly { readonly boundarySeed: string }[]
  readonly contents: readonly { readonly generator: Generator; readonly size: number; readonly rule: ContentRule }[]
}

export const HASHERS = ['portable', 'wasm'] as const
export type HasherName = (typeof HASHERS)[number]

export interface ComputedVectors {
  /** BLAKE2b-256 by the library below the hasher, without a domain. */
  readonly plain: readonly string[]
  readonly digests: readonly string[]
  readonly manifests: readonly { readonly encodedHex: string; readonly digest: string }[]
  readonly tables: readonly {
    readonly multiplier: number
    readonly enter: readonly number[]
    readonly leave: readonly number[]
  }[]
  /** The manifest holds all cut points and the digests of all chunks. */
  readonly contents: readonly { readonly digest: string; readonly manifestHex: string }[]
}

const keyOf = (hex: string | undefined): Uint8Array | undefined => (hex === undefined ? undefined : fromHex(hex))

export async function computedVectors(inputs: VectorInputs, name: HasherName): Promise<ComputedVectors> {
  const keys = inputs.domains.digests.flatMap(({ keyHex }) => (keyHex === undefined ? [] : [fromHex(keyHex)]))
  const hasher: Hasher = name === 'portable' ? portableHasher() : await wasmHasher({ keys })
  const plain: string[] = []
  for (const { inputHex, keyHex } of inputs.blake2b256) {
    plain.push(await plainDigest(name, fromHex(inputHex), keyOf(keyHex)))
  }
  return {
    plain,
    digests: inputs.domains.digests.map(({ domain, inputHex, keyHex }) =>
      hasher.digest(domain, fromHex(inputHex), keyOf(keyHex)),
    ),
    manifests: inputs.manifests.map(({ manifest }) => ({
      encodedHex: toHex(encodeManifest(manifest)),
      digest: manifestDigest(hasher, manifest),
    })),
    tables: inputs.tables.map(({ boundarySeed }) => {
      const { multiplier, enter, leave } = boundaryTable(boundarySeed)
      return { multiplier, enter: [...enter], leave: [...leave] }
    }),
    contents: inputs.contents.map(({ generator, size, rule }) => {
      const { digest, manifest } = describeContent(generate(generator, size), { hasher, rule })
      return { digest, manifestHex: toHex(encodeManifest(manifest)) }
    }),
  }
}

async function plainDigest(name: HasherName, input: Uint8Array, key: Uint8Array | undefined): Promise<string> {
  if (name === 'portable') return toHex(hash(input, 32, key === undefined ? {} : { key }))
  return (await createBLAKE2b(256, key)).init().update(input).digest('hex')
}
