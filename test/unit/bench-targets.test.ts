/** What the bench makes of its figures, as a truth table: medians, ratios against a peer, counts, what is met. */

import test from 'ava'
import type { Carried } from '../../scripts/bench/contender.js'
import { outcomeOf } from '../../scripts/bench/outcome.js'
import type { Measured } from '../../scripts/bench/rounds.js'
import { median, medianOf, outcomesOf } from '../../scripts/bench/targets.js'

const carried = (figures: Partial<Carried>): Carried => ({
  wallMs: 0,
  pushMs: null,
  hops: [0],
  requests: null,
  ...figures,
})
const of = (workload: string, contender: string, ...rounds: readonly Partial<Carried>[]): Measured => ({
  workload,
  contender,
  rounds: rounds.map(carried),
})

const MEDIANS: readonly (readonly [readonly number[], number])[] = [
  [[3], 3],
  [[5, 1, 3], 3],
  [[4, 1, 2, 3], 2.5],
]
for (const [values, wanted] of MEDIANS)
  test(`the median of ${values.join(', ')} is ${wanted}`, (t) => t.is(median(values), wanted))

test('a median of nothing is a mistake', (t) => void t.throws(() => median([])))

const FIGURES: readonly (readonly [
  string,
  Parameters<typeof medianOf>[3],
  readonly Partial<Carried>[],
  number | null,
])[] = [
  ['the wall', 'wall', [{ wallMs: 5 }, { wallMs: 9 }, { wallMs: 7 }], 7],
  ['a push where there is no server', 'push', [{ wallMs: 5 }], null],
  ['the bytes of the hop that carried more', 'bytes', [{ hops: [10, 30] }, { hops: [50, 20] }, { hops: [40, 40] }], 40],
  ['requests', 'requests', [{ requests: 1 }], 1],
]
for (const [what, figure, rounds, wanted] of FIGURES)
  test(`of many rounds: ${what}`, (t) => t.is(medianOf([of('W1', 'ours', ...rounds)], 'W1', 'ours', figure), wanted))

const RATIOS: readonly (readonly [
  string,
  readonly Measured[],
  Readonly<Record<string, readonly [number | null, boolean | null]>>,
])[] = [
  [
    'against a peer that ran in turn, its wall for our push',
    [of('W2', 'ours', { wallMs: 900, pushMs: 600, hops: [1_004] }), of('W2', 'rsync', { wallMs: 500, hops: [1_000] })],
    {
      'W2 wall / rsync': [1.8, true],
      'W2 wall / syncthing': [null, null],
      'W2 push / rsync': [1.2, true],
      'W2 bytes / rsync': [1.004, false],
    },
  ],
  [
    'a count by itself',
    [of('W4', 'ours', { wallMs: 100, hops: [2_048] }), of('W4', 'rsync', { wallMs: 300 })],
    { 'W4 bytes': [2_048, true], 'W4 wall / rsync': [100 / 300, false] },
  ],
]
for (const [title, measured, wanted] of RATIOS) {
  test(`a target: ${title}`, (t) => {
    const found = outcomesOf(measured).map(({ what, value, isMet }) => [what, [value, isMet]] as const)
    t.deepEqual(Object.fromEntries(found), wanted)
  })
}

const BOUNDS = [
  ['no larger than it must be', { must: 2 }, 2, true],
  ['larger', { must: 2 }, 2.01, false],
  ['no smaller, where the least counts', { must: 0.7, bound: 'least' }, 0.7, true],
  ['smaller, where the least counts', { must: 0.7, bound: 'least' }, 0.69, false],
  ['not measured', { must: 2 }, null, null],
] as const
for (const [title, bounds, value, isMet] of BOUNDS)
  test(`met: ${title}`, (t) => t.is(outcomeOf({ id: 'P0', what: 'it', goal: null, ...bounds }, value).isMet, isMet))
