/**
 * Worlds by `simulate` (INV-01 … 06, 08, 09, 12, 25, 32, 35): seeds in lots, each hundredth twice, and the corpus of what
 * was found. A failing seed prints its rule, its story and the shortest script: `npm run simulate -- --seed <n> --shrink`.
 */

import test, { type ExecutionContext } from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { explainFailure, FAULTS, simulate, type Simulation } from '../../adapters/simulation/index.js'
import { figuresOf, report } from '../../scripts/simulation/figures.js'
import { CORPUS } from './corpus.table.js'

const SEEDS = 1_500
const LOT = 100
/** Each of them twice (INV-31). */
const TWICE = 100

const figures: Parameters<typeof report>[0] = { seeds: [], failed: [], twice: 0, unequal: [] }

function check(t: ExecutionContext, simulation: Simulation): void {
  figures.seeds.push(figuresOf(simulation))
  if (!simulation.isGood) t.fail(explainFailure(simulation))
}

for (let from = 1; from <= SEEDS; from += LOT) {
  test.serial(`seeds ${from} to ${from + LOT - 1}: whole worlds come to rest, and no rule is broken`, async (t) => {
    t.timeout(15 * 60_000)
    const hasher = await wasmHasher()
    for (let seed = from; seed < from + LOT; seed++) {
      const simulation = await simulate({ seed, hasher })
      check(t, simulation)
      if (seed % TWICE !== 0) continue
      figures.twice += 1
      const again = await simulate({ seed, hasher, tells: true })
      t.is(again.hash, simulation.hash, `INV-31 seed ${seed} runs in one way`)
      t.true(again.story.length > 30)
    }
    t.pass()
  })
}

test.serial('the worlds were what they should be: every fault struck, users worked, devices went down', (t) => {
  const { lines, faults } = report(figures)
  t.log(lines.join('\n'))
  t.deepEqual(faults, [])
  t.is(figures.seeds.length, SEEDS)
  t.true(FAULTS.length >= 20)
})

for (const [at, { was, script }] of CORPUS.entries()) {
  test.serial(`corpus ${at + 1}: ${was}`, async (t) => {
    const simulation = await simulate({ seed: script.seed, script, hasher: await wasmHasher() })
    t.true(simulation.isGood, simulation.isGood ? '' : explainFailure(simulation))
  })
}
