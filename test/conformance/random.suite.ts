/** The rules every source of chance obeys. Runner-neutral: a case throws when its rule is broken. */

import type { Random } from '../../src/index.js'
import { assert } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Random` are tried on. */
export interface RandomSubject {
  /** The source that is tried. */
  readonly random: Random
}

export type RandomCase = Case<RandomSubject>

export const RANDOM_CASES: readonly RandomCase[] = [
  {
    rule: 'RANDOM-1',
    title: 'as many bytes as asked',
    run: async ({ random }) => {
      for (const length of [0, 1, 16, 32, 1_000]) {
        const bytes = random.bytes(length)
        assert.ok(bytes instanceof Uint8Array)
        assert.equal(bytes.length, length)
      }
    },
  },
  {
    rule: 'RANDOM-1',
    title: 'each call fresh, and its bytes belong to the caller',
    run: async ({ random }) => {
      const drawn = Array.from({ length: 200 }, () => random.bytes(16))
      assert.equal(new Set(drawn.map(String)).size, drawn.length)
      const before = drawn.map(String)
      random.bytes(16).fill(0)
      assert.deepEqual(drawn.map(String), before)
    },
  },
]
