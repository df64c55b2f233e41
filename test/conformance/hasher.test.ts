/** Runs the hasher rules on every hasher of the registry, and compares the hashers with each other. */

import { hash } from '@stablelib/blake2b'
import test from 'ava'
import { createBLAKE2b } from 'hash-wasm'
import { portableHasher, toHex } from '../../src/index.js'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { generate, xorshift32 } from '../vectors/generators.js'
import { HASHERS } from './hasher.registry.js'
import { runSuite } from './run-suite.js'

runSuite('Hasher', HASHERS)

const KEYS = [
  undefined,
  ...[1, 16, 32, 63, 64].map((length) => generate({ type: 'random', seed: 77 + length }, length)),
]

test('the reference and WebAssembly agree at every length from 0 to 300, keyed and unkeyed', async (t) => {
  const reference = portableHasher()
  const fast = await wasmHasher({ keys: KEYS.filter((key) => key !== undefined) })
  const data = generate({ type: 'random', seed: 5 }, 300)
  let compared = 0
  for (const key of KEYS) {
    for (let length = 0; length <= 300; length++) {
      const part = data.subarray(0, length)
      if (fast.digest('chunk', part, key) === reference.digest('chunk', part, key)) compared++
    }
  }
  t.is(compared, KEYS.length * 301)
})

test('the reference and WebAssembly agree on 200 contents at random splits, keyed and unkeyed', async (t) => {
  const reference = portableHasher()
  const fast = await wasmHasher({ keys: KEYS.filter((key) => key !== undefined) })
  const chance = xorshift32(20261)
  for (let round = 0; round < 200; round++) {
    const key = KEYS[round % KEYS.length]
    const data = generate({ type: 'random', seed: round + 1 }, chance() % 40_000)
    const states = [reference.start('chunk', key), fast.start('chunk', key)]
    for (let at = 0; at < data.length; ) {
      const end = at + (chance() % 9_000)
      for (const state of states) state.update(data.subarray(at, end))
      at = end
    }
    const digests = states.map((state) => state.digest())
    t.deepEqual(new Set([...digests, fast.digest('chunk', data, key)]).size, 1)
  }
})

test('the two libraries agree on plain BLAKE2b-256 without a domain byte', async (t) => {
  for (const key of KEYS) {
    const wasm = await createBLAKE2b(256, key)
    for (const length of [0, 1, 128, 129, 5_000]) {
      const data = generate({ type: 'random', seed: 9 }, length)
      t.is(wasm.init().update(data).digest(), toHex(hash(data, 32, key === undefined ? {} : { key })))
    }
  }
})

test('a key of a wrong length is refused when the hasher is made', async (t) => {
  await t.throwsAsync(wasmHasher({ keys: [new Uint8Array(65)] }), { code: 'invalid' } as object)
  await t.throwsAsync(wasmHasher({ keys: [new Uint8Array(0)] }), { code: 'invalid' } as object)
})
