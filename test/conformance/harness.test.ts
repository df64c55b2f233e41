/** What the suites stand on: checks that fail when they should, trials that count, a matrix that tells. */

import test from 'ava'
import { BrokenRule, assert, codeOf, required, withCode } from './assertion.js'
import { type Adapter, type Cases, trials } from './case.js'
import { matrix, unreached } from './matrix.js'
import { allowedSkips, skipsOf } from './skips.js'
import { ALLOWED_SKIPS } from './skips.table.js'
import { TidemarkError } from '../../src/index.js'

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values)

const UNLIKE: readonly (readonly [unknown, unknown])[] = [
  [1, 2],
  [1, '1'],
  [null, undefined],
  [0, -0],
  [1n, 1],
  [[1, 2], [1]],
  [
    [1, 2],
    [2, 1],
  ],
  [[1], { 0: 1 }],
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: undefined }, {}],
  [{ a: { b: [1] } }, { a: { b: [2] } }],
  [bytes(1, 2), bytes(1, 3)],
  [bytes(1), bytes(1, 0)],
  [bytes(1), [1]],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Map([['a', 1]]), new Map([['b', 1]])],
  [new Map([['a', 1]]), { a: 1 }],
  [new Set([1]), new Set([2])],
  [new Set([1]), [1]],
]

test('A21 deepEqual tells values apart, whichever comes first', (t) => {
  for (const [a, b] of UNLIKE) {
    t.throws(() => assert.deepEqual(a, b), { instanceOf: BrokenRule })
    t.throws(() => assert.deepEqual(b, a), { instanceOf: BrokenRule })
    t.notThrows(() => assert.deepEqual(a, structuredClone(a)))
    t.notThrows(() => assert.deepEqual(b, structuredClone(b)))
  }
  t.notThrows(() => assert.deepEqual({ a: 1, b: 2 }, { b: 2, a: 1 }))
  t.notThrows(() => assert.deepEqual(Number.NaN, Number.NaN))
})

test('A21 every other check throws when it is not so, and is silent when it is', async (t) => {
  const error = new TidemarkError('closed', 'x')
  const fails = (): never => {
    throw error
  }
  const broken: readonly (() => unknown)[] = [
    () => assert.ok(0),
    () => assert.equal(1, 2),
    () => assert.equal({}, {}),
    () => assert.notEqual(1, 1),
    () => assert.match('abc', /d/),
    () => assert.throws(() => 1),
    () => assert.throws(fails, withCode('locked')),
    () => assert.fail('x'),
    () => required(undefined),
    () => assert.rejects(Promise.resolve(1)),
    () => assert.rejects(Promise.reject(error), withCode('locked')),
    () => assert.rejects(Promise.reject(new Error('no code')), withCode('closed')),
  ]
  for (const run of broken) await t.throwsAsync(async () => run(), { instanceOf: BrokenRule }, String(run))
  const whole: readonly (() => unknown)[] = [
    () => assert.ok('x'),
    () => assert.equal(1, 1),
    () => assert.notEqual(1, 2),
    () => assert.match('abc', /b/),
    () => assert.throws(fails),
    () => assert.throws(fails, withCode('closed')),
    () => required(0),
    () => assert.rejects(Promise.reject(error), withCode('closed')),
  ]
  for (const run of whole) await t.notThrowsAsync(async () => run(), String(run))
  t.is(await codeOf(async () => fails()), 'closed')
  t.is(await codeOf(async () => 1), undefined)
})

type Need = 'wings'
interface Bird {
  readonly name: string
}

const CASES: Cases<Bird, Need>['cases'] = [
  { rule: 'BIRD-1', title: 'has a name', run: async ({ name }) => assert.ok(name !== '') },
  { rule: 'BIRD-1 BIRD-2', title: 'flies', needs: ['wings'], run: async ({ name }) => assert.ok(name !== 'stone') },
  { rule: 'BIRD-3', title: 'lands', needs: ['wings'], run: async () => assert.ok(true) },
]

const BIRDS: Cases<Bird, Need> = { name: 'Bird', cases: CASES }

function bird(name: string, rest: Partial<Adapter<Bird, Need>>, disposed: string[] = []): Adapter<Bird, Need> {
  const dispose = async (): Promise<void> => void disposed.push(name)
  return { name, make: async () => ({ name, dispose }), ...rest }
}

test('A21 a trial makes a subject, tells how it ended, and disposes of it also when it failed', async (t) => {
  const disposed: string[] = []
  const [named, flies] = trials(BIRDS, bird('stone', { capabilities: ['wings'] }, disposed))
  t.is(named?.outcome, 'waiting')
  await named?.run()
  await t.throwsAsync(flies!.run(), { instanceOf: BrokenRule })
  t.deepEqual([named?.outcome, flies?.outcome], ['passed', 'failed'])
  t.deepEqual(disposed, ['stone', 'stone'])
})

test('A21 a trial for want of a capability is there, says so, and does not run', async (t) => {
  const all = trials(BIRDS, bird('penguin', {}))
  t.deepEqual(
    all.map(({ lacks }) => lacks),
    [[], ['wings'], ['wings']],
  )
  await t.throwsAsync(all[1]!.run(), { message: /penguin: BIRD-1 BIRD-2 flies: not tried without wings/ })
})

test('A21 the matrix tells what passed, failed, did not run, and for want of what', async (t) => {
  const all = [
    ...trials(BIRDS, bird('stone', { capabilities: ['wings'] })),
    ...trials(BIRDS, bird('penguin', {})),
    ...trials(BIRDS, bird('dodo', { missing: 'there is none left' })),
  ]
  for (const trial of all.slice(0, 2)) await trial.run().catch(() => {})
  await all[3]?.run()
  t.deepEqual(matrix(all).split('\n'), [
    'Bird, rule × adapter: [1] stone, [2] penguin, [3] dodo',
    '        [1]                [2]            [3]',
    'BIRD-1  1 of 2: 1 failed   1 of 2: wings  not here',
    'BIRD-2  0 of 1: 1 failed   0 of 1: wings  not here',
    'BIRD-3  0 of 1: 1 not run  0 of 1: wings  not here',
  ])
  t.deepEqual(unreached(all), [])
  t.deepEqual(unreached(all.slice(3)), ['BIRD-2', 'BIRD-3'])
})

test('A21 a skip without a row differs from the table, and so does a row without a skip', (t) => {
  const penguin = trials(BIRDS, bird('penguin', {}))
  t.deepEqual(skipsOf(penguin), ['penguin lacks wings'])
  t.deepEqual(skipsOf(trials(BIRDS, bird('gull', { capabilities: ['wings'] }))), [])
  const row = { of: 'Watcher', adapter: 'penguin', lacks: 'sees', because: 'it is dark' } as const
  t.deepEqual(allowedSkips('Watcher', [row]), ['penguin lacks sees'])
  t.deepEqual(allowedSkips('Watcher', [{ ...row, here: false }]), [])
  t.deepEqual(allowedSkips('StateStore', [row]), [])
})

test('A21 every row of the table has a reason, and none comes twice', (t) => {
  for (const { adapter, lacks, because } of ALLOWED_SKIPS) t.regex(because, /^[a-z].{12,}[^.]$/, `${adapter} ${lacks}`)
  const rows = ALLOWED_SKIPS.map(({ of, adapter, lacks }) => `${of} ${adapter} ${lacks}`)
  t.is(new Set(rows).size, rows.length)
})
