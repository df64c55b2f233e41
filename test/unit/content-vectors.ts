/** The golden vectors of contents: digests, manifests, boundary tables, cut points. Read from a file, never computed here. */

import { readFileSync } from 'node:fs'
import type { Domain } from '../../src/interfaces/hasher.js'
import type { ContentRule, Manifest } from '../../src/model/manifest.js'
import type { Generator } from '../vectors/generators.js'

interface Vectors {
  readonly generators: readonly string[]
  readonly blake2b256: readonly { readonly inputHex: string; readonly keyHex?: string; readonly digest: string }[]
  readonly domains: {
    readonly digests: readonly {
      readonly domain: Domain
      readonly inputHex: string
      readonly keyHex?: string
      readonly digest: string
    }[]
  }
  readonly manifests: readonly { readonly manifest: Manifest; readonly encodedHex: string; readonly digest: string }[]
  readonly tables: readonly {
    readonly boundarySeed: string
    readonly multiplier: number
    readonly enter: readonly number[]
    readonly leave: readonly number[]
  }[]
  readonly contents: readonly {
    readonly generator: Generator
    readonly size: number
    readonly rule: ContentRule
    readonly chunks: number
    readonly lengths: readonly number[]
    readonly first: string | null
    readonly last: string | null
    readonly digest: string
  }[]
}

export const VECTORS = JSON.parse(readFileSync(new URL('../vectors/content.json', import.meta.url), 'utf8')) as Vectors
