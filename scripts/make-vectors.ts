/**
 * Wrote test/vectors/content.json, once. The vectors are the format: they are read by every host and never made again
 * to please a change; so this refuses to replace a file that is there.
 */

import { existsSync, writeFileSync } from 'node:fs'
import { hash } from '@stablelib/blake2b'
import {
  boundaryTable,
  type ContentRule,
  type Domain,
  defaultContentRule,
  describeContent,
  encodeManifest,
  type Manifest,
  manifestDigest,
  portableHasher,
  toHex,
} from '../src/index.js'
import { type Generator, GENERATOR_TEXT, generate } from '../test/vectors/generators.js'

const FILE = new URL('../test/vectors/content.json', import.meta.url)
const SEEDS = [
  '00000000000000000000000000000000',
  'ffffffffffffffffffffffffffffffff',
  '000102030405060708090a0b0c0d0e0f',
  '6f2c9e5b71d04a83b8e61f3720c95da4',
]
const KIB = 1024
const MIB = 1024 * KIB
/** The table of the first workspaces, which is theirs for ever; new ones have another (decision 0068). */
const FIRST_TABLE: ContentRule['averages'] = [
  [1.5 * MIB, 2 * KIB],
  [24 * MIB, 4 * KIB],
  [384 * MIB, 16 * KIB],
  [6 * 1024 * MIB, 64 * KIB],
  [null, 256 * KIB],
]
const hasher = portableHasher()
const bytesOf = (seed: number, size: number): Uint8Array => generate({ type: 'random', seed }, size)

function plain() {
  const lengths = [0, 1, 2, 3, 31, 32, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 1000]
  return [0, 1, 16, 32, 64].flatMap((keyLength) =>
    lengths.map((length, at) => {
      const input = bytesOf(1000 + at, length)
      if (keyLength === 0) return { inputHex: toHex(input), digest: toHex(hash(input, 32)) }
      const key = bytesOf(2000 + keyLength, keyLength)
      return { inputHex: toHex(input), keyHex: toHex(key), digest: toHex(hash(input, 32, { key })) }
    }),
  )
}

function inDomains() {
  const domains: readonly Domain[] = ['chunk', 'manifest', 'history', 'changes', 'check']
  return domains.flatMap((domain, at) =>
    [0, 5, 127, 128, 200].flatMap((length) => {
      const input = bytesOf(3000 + at, length)
      const key = bytesOf(4000 + at, 32)
      return [
        { domain, inputHex: toHex(input), digest: hasher.digest(domain, input) },
        { domain, inputHex: toHex(input), keyHex: toHex(key), digest: hasher.digest(domain, input, key) },
      ]
    }),
  )
}

function manifests() {
  const lists = [[], [1], [512, 2 * MIB], [8192, 1, 1024, 300, 77]]
  return lists.map((lengths, list) => {
    const chunks = lengths.map((length, at) => ({
      digest: hasher.digest('chunk', bytesOf(5000 + list * 10 + at, 8)),
      length,
    }))
    const manifest: Manifest = { chunks, size: lengths.reduce((sum, length) => sum + length, 0) }
    return { manifest, encodedHex: toHex(encodeManifest(manifest)), digest: manifestDigest(hasher, manifest) }
  })
}

function tables() {
  return SEEDS.map((boundarySeed) => {
    const { multiplier, enter, leave } = boundaryTable(boundarySeed)
    return { boundarySeed, multiplier, enter: [...enter.subarray(0, 4)], leave: [...leave.subarray(0, 4)] }
  })
}

/** Chunk lengths are listed in full for small contents, else the first 24. */
function content(generator: Generator, size: number, boundarySeed: string, averages?: ContentRule['averages']) {
  const rule = { ...defaultContentRule(boundarySeed, null), averages: averages ?? FIRST_TABLE }
  const { digest, manifest } = describeContent(generate(generator, size), { hasher, rule })
  const lengths = manifest.chunks.map((chunk) => chunk.length)
  const listed = lengths.slice(0, lengths.length <= 64 ? 64 : 24)
  const first = manifest.chunks[0]?.digest ?? null
  return {
    generator,
    size,
    rule,
    chunks: lengths.length,
    lengths: listed,
    first,
    last: manifest.chunks.at(-1)?.digest ?? null,
    digest,
  }
}

function contents() {
  const [zero, ones, counting, drawn] = SEEDS as [string, string, string, string]
  const edges = [0, 1, 511, 512, 513, 2048, 8192, 8193]
  const small = edges.map((size) => content({ type: 'random', seed: 7 }, size, counting))
  const bands = SEEDS.flatMap((seed) => [
    content({ type: 'random', seed: 11 }, 100_000, seed),
    content({ type: 'letters', seed: 12 }, 100_001, seed),
    content({ type: 'random', seed: 13 }, 2 * MIB, seed),
    content({ type: 'period', seed: 14, period: 1000 }, 70_000, seed),
    content({ type: 'constant', byte: 0 }, 70_000, seed),
  ])
  const rows = [1.5 * MIB, 1.5 * MIB + 1].map((size) => content({ type: 'random', seed: 15 }, size, drawn))
  const large = [
    content({ type: 'random', seed: 16 }, 25 * MIB, zero),
    content({ type: 'random', seed: 17 }, 3 * MIB, ones, [[null, 64 * KIB]]),
    content({ type: 'random', seed: 18 }, 6 * MIB, drawn, [[null, 256 * KIB]]),
    content({ type: 'random', seed: 19 }, 50_000, drawn, [[null, 1 * KIB]]),
  ]
  return [...small, ...bands, ...rows, ...large]
}

if (existsSync(FILE)) throw new Error(`${FILE.pathname} is there: vectors are never made again`)
const vectors = {
  format: 'tidemark content vectors',
  version: 1,
  generators: GENERATOR_TEXT,
  blake2b256: plain(),
  domains: { bytes: { chunk: 1, manifest: 2, history: 3, changes: 4, check: 5 }, digests: inDomains() },
  manifests: manifests(),
  tables: tables(),
  contents: contents(),
}
writeFileSync(FILE, `${JSON.stringify(vectors, null, 1)}\n`)
