/** Cuts: golden vectors, any read size, inserts, crafted inputs, the table of sizes, the describer. */

import { hash } from '@stablelib/blake2b'
import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { chunkSizes, checkRule, defaultContentRule, CHUNK_MAX } from '../../src/content/averages.js'
import { boundaryTable, WINDOW } from '../../src/content/boundary-table.js'
import { Chunker } from '../../src/content/chunker.js'
import { contentDescriber, describeContent } from '../../src/content/describe.js'
import { checkKey, keyCheckOf } from '../../src/content/key-check.js'
import { decodeManifest, encodeManifest, manifestDigest } from '../../src/content/manifest.js'
import { portableHasher } from '../../src/content/portable-hasher.js'
import type { Domain } from '../../src/interfaces/hasher.js'
import { fromHex, toHex } from '../../src/model/hex.js'
import type { ContentRule } from '../../src/model/manifest.js'
import { GENERATOR_TEXT, generate, xorshift32 } from '../vectors/generators.js'
import { HOSTILE, RULE, SEED } from './content-rules.table.js'
import { VECTORS } from './content-vectors.js'

const KIB = 1024
const MIB = 1024 * KIB

const keyOf = (hex: string | undefined): Uint8Array | undefined => (hex === undefined ? undefined : fromHex(hex))
const random = (seed: number, size: number): Uint8Array => generate({ type: 'random', seed }, size)

/** Lengths of all chunks, and the work it took, with the bytes handed over in parts. */
function cutUp(data: Uint8Array, sizeOfPart: () => number, rule = RULE, size = data.length) {
  const chunker = new Chunker(chunkSizes(rule, size), boundaryTable(rule.boundarySeed))
  const ends: number[] = []
  for (let at = 0; at < data.length; ) {
    const end = Math.min(data.length, at + sizeOfPart())
    for (const cut of chunker.push(data.subarray(at, end))) ends.push(at + cut)
    at = end
  }
  const rest = chunker.finish()
  if (rest > 0) ends.push(data.length)
  const lengths = ends.map((end, index) => end - (ends[index - 1] ?? 0))
  return { lengths, hashed: chunker.hashedBytes }
}

test('vectors: plain BLAKE2b-256', (t) => {
  t.deepEqual(VECTORS.generators, GENERATOR_TEXT)
  t.true(VECTORS.blake2b256.length >= 80)
  for (const { inputHex, keyHex, digest } of VECTORS.blake2b256) {
    const key = keyOf(keyHex)
    t.is(toHex(hash(fromHex(inputHex), 32, key === undefined ? {} : { key })), digest)
  }
})

test('vectors: digests in their domains, by both hashers', async (t) => {
  const keys = VECTORS.domains.digests.flatMap(({ keyHex }) => (keyHex === undefined ? [] : [fromHex(keyHex)]))
  for (const hasher of [portableHasher(), await wasmHasher({ keys })]) {
    for (const { domain, inputHex, keyHex, digest } of VECTORS.domains.digests) {
      t.is(hasher.digest(domain, fromHex(inputHex), keyOf(keyHex)), digest as never)
    }
  }
})

test('vectors: manifests and tables', (t) => {
  for (const { manifest, encodedHex, digest } of VECTORS.manifests) {
    t.is(toHex(encodeManifest(manifest)), encodedHex)
    t.deepEqual(decodeManifest(fromHex(encodedHex)), manifest)
    t.is(manifestDigest(portableHasher(), manifest), digest as never)
  }
  for (const { boundarySeed, multiplier, enter, leave } of VECTORS.tables) {
    const table = boundaryTable(boundarySeed)
    t.is(table.multiplier, multiplier)
    t.deepEqual([...table.enter.subarray(0, 4)], enter)
    t.deepEqual([...table.leave.subarray(0, 4)], leave)
  }
})

test('vectors: cut points and digests of contents', async (t) => {
  const hasher = await wasmHasher()
  t.true(VECTORS.contents.length >= 30)
  for (const vector of VECTORS.contents) {
    const { digest, manifest } = describeContent(generate(vector.generator, vector.size), { hasher, rule: vector.rule })
    const title = `${vector.generator.type} ${vector.size}`
    t.is(digest, vector.digest as never, title)
    t.is(manifest.chunks.length, vector.chunks, title)
    t.deepEqual(
      manifest.chunks.slice(0, vector.lengths.length).map((chunk) => chunk.length),
      vector.lengths,
      title,
    )
    t.is(manifest.chunks[0]?.digest ?? null, vector.first as never)
    t.is(manifest.chunks.at(-1)?.digest ?? null, vector.last as never)
  }
})

test('any read size gives the same cuts', (t) => {
  const chance = xorshift32(31)
  const contents = [random(3, 300_000), generate({ type: 'letters', seed: 4 }, 200_000), random(5, 2 * MIB)]
  for (const data of contents) {
    const { lengths, hashed } = cutUp(data, () => data.length)
    t.is(
      lengths.reduce((sum, length) => sum + length, 0),
      data.length,
    )
    for (const most of [2, 3, WINDOW - 1, WINDOW, WINDOW + 1, 129, 1_000, 70_000]) {
      const parts = cutUp(data, () => 1 + (chance() % most))
      t.deepEqual(parts.lengths, lengths, `parts up to ${most}`)
      t.is(parts.hashed, hashed)
    }
  }
  const small = random(6, 100_000)
  t.deepEqual(cutUp(small, () => 1).lengths, cutUp(small, () => small.length).lengths)
})

test('any read size gives the same description, and each byte is hashed once', (t) => {
  const hasher = portableHasher()
  const data = random(8, 60_000)
  const whole = describeContent(data, { hasher, rule: RULE })
  for (const part of [1, 63, 500, 8_000, 59_999]) {
    let hashed = 0
    const counted = {
      ...hasher,
      algorithm: hasher.algorithm,
      digest: (domain: Domain, bytes: Uint8Array, key?: Uint8Array) => {
        if (domain === 'chunk') hashed += bytes.length
        return hasher.digest(domain, bytes, key)
      },
      start: (domain: Domain, key?: Uint8Array) => {
        const state = hasher.start(domain, key)
        return {
          update: (bytes: Uint8Array) => {
            hashed += bytes.length
            state.update(bytes)
          },
          digest: () => state.digest(),
        }
      },
    }
    const describer = contentDescriber({ hasher: counted, rule: RULE, size: data.length })
    for (let at = 0; at < data.length; at += part) describer.push(data.slice(at, at + part))
    t.deepEqual(describer.finish(), whole)
    t.is(hashed, data.length)
  }
})

test('a keyed description has other digests and the same cuts', (t) => {
  const options = { hasher: portableHasher(), rule: RULE }
  const plain = describeContent(random(9, 20_000), options)
  const keyed = describeContent(random(9, 20_000), { ...options, key: Uint8Array.of(1) })
  t.deepEqual(
    keyed.manifest.chunks.map((chunk) => chunk.length),
    plain.manifest.chunks.map((chunk) => chunk.length),
  )
  t.not(keyed.digest, plain.digest)
  t.not(keyed.manifest.chunks[0]?.digest, plain.manifest.chunks[0]?.digest)
})

test('an empty file has a manifest of its own', (t) => {
  const { digest, manifest } = describeContent(new Uint8Array(0), { hasher: portableHasher(), rule: RULE })
  t.deepEqual(manifest, { chunks: [], size: 0 })
  t.is(digest, VECTORS.manifests[0]?.digest as never)
})

test('content of another size than promised is refused', (t) => {
  const describer = contentDescriber({ hasher: portableHasher(), rule: RULE, size: 10 })
  describer.push(new Uint8Array(9))
  t.is(describer.received, 9)
  t.throws(() => describer.finish(), { code: 'invalid' } as object)
  t.throws(() => describer.push(new Uint8Array(2)), { code: 'invalid' } as object)
})

test('one byte inserted at the head of 64 MiB keeps all but 3 chunks', async (t) => {
  const hasher = await wasmHasher()
  const words = new Uint32Array((64 * MIB) / 4)
  const next = xorshift32(64)
  for (let at = 0; at < words.length; at++) words[at] = next()
  const data = new Uint8Array(words.buffer)
  const before = describeContent(data, { hasher, rule: RULE }).manifest
  const describer = contentDescriber({ hasher, rule: RULE, size: data.length + 1 })
  describer.push(Uint8Array.of(0))
  describer.push(data)
  const after = describer.finish().manifest
  const known = new Set(before.chunks.map((chunk) => chunk.digest))
  const fresh = after.chunks.filter((chunk) => !known.has(chunk.digest))
  t.true(before.chunks.length > 3_000)
  t.true(fresh.length >= 1 && fresh.length <= 3, `${fresh.length} new chunks`)
})

test('edits anywhere cost a few chunks each', async (t) => {
  const hasher = await wasmHasher()
  const chance = xorshift32(404)
  let fresh = 0
  for (let round = 0; round < 60; round++) {
    const data = random(round + 1, 1 * MIB)
    const at = chance() % data.length
    const edited = new Uint8Array(data.length + 3)
    edited.set(data.subarray(0, at))
    edited.set([1, 2, 3], at)
    edited.set(data.subarray(at), at + 3)
    const known = new Set(describeContent(data, { hasher, rule: RULE }).manifest.chunks.map((chunk) => chunk.digest))
    fresh += describeContent(edited, { hasher, rule: RULE }).manifest.chunks.filter(
      (chunk) => !known.has(chunk.digest),
    ).length
  }
  t.true(fresh / 60 <= 2.5, `${fresh / 60} new chunks an edit`)
})

/** 64 bytes whose hash ends a chunk even where the strict limit holds: what an attacker who knows the seed looks for. */
function cuttingWindow(): Uint8Array {
  const data = random(99, 1 * MIB)
  const sizes = chunkSizes(RULE, data.length)
  let at = 0
  for (const length of cutUp(data, () => data.length).lengths) {
    at += length
    if (length < sizes.normal && length > sizes.min + WINDOW) return data.slice(at - WINDOW, at)
  }
  throw new Error('no early cut in 1 MiB')
}

test('crafted inputs stay within ceil(size / min) chunks and linear work', (t) => {
  const size = 1 * MIB
  const { min, max } = chunkSizes(RULE, size)
  const worst = new Uint8Array(size)
  const window = cuttingWindow()
  for (let at = min; at <= size; at += min) worst.set(window, at - WINDOW)
  const everywhere = new Uint8Array(size)
  for (let at = 0; at < size; at += WINDOW) everywhere.set(window, at)
  const inputs = new Map<string, Uint8Array>([
    ['cut at every min', worst],
    ['the cutting window over and over', everywhere],
  ])
  for (const byte of [0, 1, 0x55, 0xff]) inputs.set(`all ${byte}`, generate({ type: 'constant', byte }, size))
  for (const period of [2, 3, 63, 64, 65, 511, 512, 2048, 5000]) {
    inputs.set(`period ${period}`, generate({ type: 'period', seed: 21, period }, size))
  }
  for (const [title, data] of inputs) {
    const { lengths, hashed } = cutUp(data, () => 65_536)
    t.true(lengths.length <= Math.ceil(size / min), title)
    t.true(
      lengths.every((length, at) => length <= max && (length >= min || at === lengths.length - 1)),
      title,
    )
    t.true(hashed <= size, title)
  }
  t.is(cutUp(worst, () => size).lengths.length, size / min)
  t.is(cutUp(new Uint8Array(size), () => size).lengths.length, size / max)
})

test('the mean length is the average, for seeds good and bad', (t) => {
  const seeds = [
    SEED,
    '0'.repeat(32),
    'f'.repeat(32),
    '00000000000000000000000000000001',
    '80000000000000000000000000000000',
    '9e3779b99e3779b99e3779b99e3779b9',
    'deadbeefdeadbeefdeadbeefdeadbeef',
  ]
  const data = random(55, 4 * MIB)
  for (const seed of seeds) {
    const rule = defaultContentRule(seed, null)
    const table = boundaryTable(seed)
    t.is(new Set(table.enter).size, 256)
    t.is(table.multiplier & 7, 5)
    const { lengths, hashed } = cutUp(data, () => data.length, rule, 1 * MIB)
    const mean = data.length / lengths.length
    t.true(mean > 7_600 && mean < 8_800, `${seed}: ${mean}`)
    t.true(hashed < data.length * 0.85)
  }
  const starts = seeds.map((seed) =>
    cutUp(data, () => data.length, defaultContentRule(seed, null))
      .lengths.slice(0, 20)
      .join(),
  )
  t.is(new Set(starts).size, seeds.length, 'SEC-08: another seed, other boundaries')
})

test('the average is a function of the size: the edges of the table', (t) => {
  const rows: readonly (readonly [number, number])[] = [
    [0, 8],
    [24 * MIB - 1, 8],
    [24 * MIB, 8],
    [24 * MIB + 1, 16],
    [96 * MIB, 16],
    [96 * MIB + 1, 64],
    [6 * 1024 * MIB, 64],
    [6 * 1024 * MIB + 1, 256],
    [Number.MAX_SAFE_INTEGER, 256],
  ]
  for (const [size, average] of rows) {
    const sizes = chunkSizes(RULE, size)
    t.is(sizes.average, average * KIB, String(size))
    t.is(sizes.min, average * 256)
    t.is(sizes.max, average * 4096)
    t.true(sizes.max <= CHUNK_MAX)
  }
})

test('a hostile rule is refused', (t) => {
  for (const [title, rule, code] of HOSTILE) t.throws(() => checkRule(rule as ContentRule), { code } as object, title)
  t.notThrows(() => checkRule(RULE))
  t.notThrows(() => checkRule(defaultContentRule('0'.repeat(32), 'a'.repeat(64) as never)))
})

test('a wrong, missing or needless workspace key is noticed', (t) => {
  const hasher = portableHasher()
  const key = random(1, 32)
  const rule = defaultContentRule(SEED, keyCheckOf(hasher, key))
  // By Python's hashlib: the format is fixed.
  t.is(
    keyCheckOf(hasher, new Uint8Array(32)),
    '0d156f660a3dd3ef244f846006b9c5f18a3d66d15f8c45407d5e1d94c6282122' as never,
  )
  t.notThrows(() => checkKey(hasher, rule, key))
  t.notThrows(() => checkKey(hasher, RULE, undefined))
  for (const [wanted, given] of [
    [rule, random(2, 32)],
    [rule, undefined],
    [RULE, key],
  ] as const) {
    t.throws(() => checkKey(hasher, wanted, given), { code: 'invalid' } as object)
  }
})
