/**
 * Sweeps (INV-08, 09, 10, 13, 18, 25): a process killed, a power lost, a call failed, a user at work, a request lost, late or
 * repeated, a server restored as it was, at the moments of short scenarios. Here at each 61st moment of a third of them; `npm run sweep` takes every one of all.
 */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { SCENARIOS } from '../../scripts/simulation/scenarios.js'
import { sweep } from '../../scripts/simulation/sweep.js'

const STRIDE = 61

test('there are forty scenarios at least, each of its own', (t) => {
  t.true(SCENARIOS.length >= 40, String(SCENARIOS.length))
  t.is(new Set(SCENARIOS.map(({ title }) => title)).size, SCENARIOS.length)
})

for (const scenario of SCENARIOS.filter((_, at) => at % 3 === 1)) {
  test.serial(`INV-09 INV-25 ${scenario.title}, and something breaks in the midst of it`, async (t) => {
    t.timeout(5 * 60_000)
    const { moments, runs, struck, failed } = await sweep(scenario, STRIDE, await wasmHasher())
    t.deepEqual(failed, [])
    t.true(moments >= 60 && runs >= 30, `${moments} moments, ${runs} runs`)
    t.is(struck, runs, 'every strike found its moment')
  })
}
