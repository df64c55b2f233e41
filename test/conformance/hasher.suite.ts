/** The rules every hasher obeys. Runner-neutral: a case throws when its rule is broken. */

import { DOMAINS, type Domain, type Hasher } from '../../src/index.js'
import { assert, withCode } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Hasher` are tried on. */
export interface HasherSubject {
  /** One that takes keys of 1 to 64 bytes. */
  readonly hasher: Hasher
}

export type HasherCase = Case<HasherSubject>

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const counting = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => at & 0xff)

/** Digests by another implementation (Python's hashlib), of domain byte and data. */
const KNOWN: readonly {
  readonly domain: Domain
  readonly data: Uint8Array
  readonly key?: Uint8Array
  readonly digest: string
}[] = [
  { domain: 'chunk', data: text(''), digest: 'ee155ace9c40292074cb6aff8c9ccdd273c81648ff1149ef36bcea6ebb8a3e25' },
  { domain: 'manifest', data: text('abc'), digest: '5b47af56b8f5f68c65b8460fd5757b84ea082dfabadb5be0302c15d69d9c69fe' },
  {
    domain: 'chunk',
    data: counting(40_000),
    digest: '6ffffd28b140411aeed6776d98efc8eb797623e9bc3759d7a8f927a47d989a89',
  },
  {
    domain: 'chunk',
    data: text('abc'),
    key: counting(32),
    digest: 'bde9333fa3c7ba85575395a10b78349475fb2cf04035e9044ec491fbf983a29a',
  },
  {
    domain: 'check',
    data: text(''),
    key: counting(64),
    digest: '819cb8439c30bede8c9184f5f18142a9bb31b4bd630d26c2db1ddcf375bae723',
  },
  {
    domain: 'chunk',
    data: text('abc'),
    key: Uint8Array.of(7),
    digest: '7d41cdc9682cf4ea4cd87b1bd25ebe7e3b92d675342ba4510d004cc93cc45ab0',
  },
]

export const HASHER_CASES: readonly HasherCase[] = [
  {
    rule: 'HASH-1',
    title: 'known digests, keyed and unkeyed, whole and streamed',
    run: async ({ hasher }) => {
      assert.equal(hasher.algorithm, 'blake2b-256')
      for (const { domain, data, key, digest } of KNOWN) {
        assert.equal(hasher.digest(domain, data, key), digest)
        const state = hasher.start(domain, key)
        state.update(data)
        assert.equal(state.digest(), digest)
      }
    },
  },
  {
    rule: 'HASH-1',
    title: 'domains and keys never share a digest',
    run: async ({ hasher }) => {
      const keys = [undefined, Uint8Array.of(0), new Uint8Array(2), new Uint8Array(64)]
      const domains = Object.keys(DOMAINS) as Domain[]
      const digests = domains.flatMap((domain) => keys.map((key) => hasher.digest(domain, text('same'), key)))
      assert.equal(new Set(digests).size, domains.length * keys.length)
    },
  },
  {
    rule: 'HASH-1',
    title: 'keys of no byte or of 65 are refused',
    run: async ({ hasher }) => {
      for (const key of [new Uint8Array(0), new Uint8Array(65)]) {
        assert.throws(() => hasher.digest('chunk', text('x'), key), withCode('invalid'))
        assert.throws(() => hasher.start('chunk', key), withCode('invalid'))
      }
    },
  },
  {
    rule: 'HASH-2',
    title: 'two parts, cut at every place, give the digest of the whole',
    run: async ({ hasher }) => {
      const data = counting(300)
      for (const key of [undefined, counting(32)]) {
        const whole = hasher.digest('chunk', data, key)
        for (let cut = 0; cut <= data.length; cut++) {
          const state = hasher.start('chunk', key)
          state.update(data.subarray(0, cut))
          state.update(data.subarray(cut))
          assert.equal(state.digest(), whole, `cut at ${cut}`)
        }
      }
    },
  },
  {
    rule: 'HASH-2',
    title: 'data that is changed after the call, and data inside a larger buffer',
    run: async ({ hasher }) => {
      const data = counting(5_000).subarray(3, 4_003)
      const whole = hasher.digest('chunk', data)
      const scratch = data.slice()
      const state = hasher.start('chunk')
      state.update(scratch)
      scratch.fill(0)
      assert.equal(state.digest(), whole)
      assert.equal(hasher.digest('chunk', data.slice()), whole)
    },
  },
  {
    rule: 'HASH-3',
    title: 'forty states interleaved with whole digests, keyed and unkeyed',
    run: async ({ hasher }) => {
      const data = counting(1_000)
      const keyOf = (at: number) => (at % 2 === 0 ? undefined : counting(32))
      const states = Array.from({ length: 40 }, (_, at) => hasher.start('chunk', keyOf(at)))
      for (let from = 0; from < data.length; from += 100) {
        for (const [at, state] of states.entries()) {
          state.update(data.subarray(from, from + 100))
          if (at % 7 === 0) hasher.digest('manifest', data, keyOf(at))
        }
      }
      for (const [at, state] of states.entries()) assert.equal(state.digest(), hasher.digest('chunk', data, keyOf(at)))
    },
  },
  {
    rule: 'HASH-3',
    title: 'a state is spent by its digest and says so',
    run: async ({ hasher }) => {
      const spent = hasher.start('chunk')
      const other = hasher.start('chunk')
      spent.digest()
      assert.throws(() => spent.digest(), withCode('internal'))
      assert.throws(() => spent.update(text('x')), withCode('internal'))
      other.update(text('x'))
      assert.equal(other.digest(), hasher.digest('chunk', text('x')))
    },
  },
]
