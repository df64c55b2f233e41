/**
 * Whole engines under faults on virtual time (INV-01, 02, 09, 10, 15, 32). A failing seed prints itself with its story;
 * run one again with TIDEMARK_SEED=<n>.
 */

import test, { type ExecutionContext } from 'ava'
import { World, type WorldReport } from './world.js'
import { PINNED, TWO_DEVICES, THREE_ROUGH, worldOf } from './worlds.js'

const only = process.env['TIDEMARK_SEED']

async function runSeed(t: ExecutionContext, kind: typeof TWO_DEVICES, seed: number): Promise<WorldReport> {
  const report = await new World(worldOf(kind, seed)).run()
  if (report.failures.length > 0) {
    t.log(report.trace.join('\n'))
    t.fail(`seed ${seed}: ${report.failures.join('\n')}`)
  }
  return report
}

/** In lots, so that a long run shows that it goes on. */
const LOTS = 10
const LOT = 50
const sum = {
  requests: 0,
  droppedRequests: 0,
  droppedAnswers: 0,
  duplicates: 0,
  crashes: 0,
  userSteps: 0,
  turns: 0,
  conflicts: 0,
}
const run = { seeds: 0, struck: 0 }

for (let lot = 0; lot < (only === undefined ? LOTS : 0); lot++) {
  const from = lot * LOT + 1
  test.serial(
    `seeds ${from} to ${from + LOT - 1}: two devices come to rest equal, nothing lost or left over`,
    async (t) => {
      t.timeout(10 * 60_000)
      for (let seed = from; seed < from + LOT; seed++) {
        const { hits } = await runSeed(t, TWO_DEVICES, seed)
        for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += hits[key]
        run.seeds += 1
        if (hits.droppedRequests + hits.droppedAnswers + hits.duplicates + hits.crashes > 0) run.struck += 1
      }
      t.pass()
    },
  )
}

if (only === undefined) {
  test.serial('every kind of fault struck, and most seeds met one', (t) => {
    t.log(JSON.stringify(sum), `faults struck ${run.struck} of ${run.seeds} seeds`)
    t.is(run.seeds, LOTS * LOT)
    for (const [kind, count] of Object.entries(sum)) t.true(count > 100, `${kind} struck ${count} times`)
    t.true(run.struck > 0.8 * run.seeds, `only ${run.struck} seeds met a fault`)
  })
} else {
  test.serial(`seed ${only}`, async (t) => {
    await runSeed(t, TWO_DEVICES, Number(only))
    t.pass()
  })
}

for (let from = 1; from <= 51; from += 10) {
  test.serial(`seeds ${from} to ${from + 9}: three devices in rougher weather`, async (t) => {
    t.timeout(10 * 60_000)
    for (let seed = from; seed < from + 10; seed++) await runSeed(t, THREE_ROUGH, seed)
    t.pass()
  })
}

test.serial('one seed, one trace (INV-31)', async (t) => {
  for (const seed of [3, 14, 159, 265, 358]) {
    const first = await new World(worldOf(TWO_DEVICES, seed)).run()
    const second = await new World(worldOf(TWO_DEVICES, seed)).run()
    t.deepEqual(second.trace, first.trace, `seed ${seed}`)
    t.true(first.trace.length > 20)
  }
})

for (const { kind, seed, was } of PINNED) {
  test.serial(`seed ${seed} of ${kind.devices} devices: ${was}`, async (t) => {
    await runSeed(t, kind, seed)
    t.pass()
  })
}
