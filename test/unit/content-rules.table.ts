/** The rule that contents are cut by in tests, and rules that are refused, each with its code. */

import { defaultContentRule } from '../../src/content/averages.js'

export const SEED = '6f2c9e5b71d04a83b8e61f3720c95da4'
export const RULE = defaultContentRule(SEED, null)
const KIB = 1024

export const HOSTILE: readonly (readonly [string, unknown, string])[] = [
  ['unknown algorithm', { ...RULE, algorithm: 'md5' }, 'newer-version'],
  ['short seed', { ...RULE, boundarySeed: 'ab' }, 'invalid'],
  ['upper-case seed', { ...RULE, boundarySeed: SEED.toUpperCase() }, 'invalid'],
  ['seed that is no text', { ...RULE, boundarySeed: 7 }, 'invalid'],
  ['key check', { ...RULE, keyCheck: 'x' }, 'invalid'],
  ['no rows', { ...RULE, averages: [] }, 'invalid'],
  ['no list', { ...RULE, averages: { length: 1 } }, 'invalid'],
  ['row without a pair', { ...RULE, averages: [7] }, 'invalid'],
  [
    'too many rows',
    { ...RULE, averages: [...Array.from({ length: 16 }, (_, at) => [at + 1, 2048]), [null, 2048]] },
    'invalid',
  ],
  ['no last row', { ...RULE, averages: [[100, 2048]] }, 'invalid'],
  [
    'last row too early',
    {
      ...RULE,
      averages: [
        [null, 2048],
        [null, 4096],
      ],
    },
    'invalid',
  ],
  [
    'sizes descend',
    {
      ...RULE,
      averages: [
        [200, 2048],
        [100, 2048],
        [null, 2048],
      ],
    },
    'invalid',
  ],
  [
    'size not whole',
    {
      ...RULE,
      averages: [
        [1.5, 2048],
        [null, 2048],
      ],
    },
    'invalid',
  ],
  ['average 0', { ...RULE, averages: [[null, 0]] }, 'invalid'],
  ['average below the least', { ...RULE, averages: [[null, 512]] }, 'invalid'],
  ['average no power of two', { ...RULE, averages: [[null, 3000]] }, 'invalid'],
  ['average above the most', { ...RULE, averages: [[null, 512 * KIB]] }, 'invalid'],
  ['average NaN', { ...RULE, averages: [[null, Number.NaN]] }, 'invalid'],
  [
    'averages descend',
    {
      ...RULE,
      averages: [
        [100, 4096],
        [null, 2048],
      ],
    },
    'invalid',
  ],
]
