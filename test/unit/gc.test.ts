/** Garbage collection between the steps of everybody else (INV-27): nothing named goes, what nothing names goes. */

import test from 'ava'
import { playSeed, type Planted } from './gc-world.js'

const SEEDS = Number(process.env['TIDEMARK_GC_SEEDS'] ?? 2_000)
const FIRST = Number(process.env['TIDEMARK_GC_FIRST'] ?? 1)

test(`INV-27 ${SEEDS} interleavings of uploads, commits, crashes, time and collection: no commit names an absent chunk, no named chunk goes, orphans do go`, async (t) => {
  t.timeout(4 * 3_600_000)
  const sums = { accepted: 0, refused: 0, crashes: 0, removed: 0 }
  for (let seed = FIRST; seed < FIRST + SEEDS; seed += 1) {
    const { broken, world } = await playSeed(seed)
    if (broken !== null) return t.fail(`seed ${seed}: ${broken}`)
    sums.accepted += world.accepted
    sums.refused += world.refused
    sums.crashes += world.crashes
    sums.removed += world.removed
  }
  t.log(JSON.stringify(sums))
  // the worlds were not idle ones
  for (const [what, least] of [
    ['accepted', 2],
    ['refused', 0.1],
    ['crashes', 0.1],
    ['removed', 0.2],
  ] as const)
    t.true(sums[what] >= least * SEEDS, `${what}: ${sums[what]}`)
})

for (const planted of ['commit-sees-no-orphans', 'put-leaves-notes'] as const satisfies readonly Planted[]) {
  test(`INV-27 a planted fault is caught: ${planted}`, async (t) => {
    for (let seed = 1; seed <= 3_000; seed += 1) {
      if ((await playSeed(seed, planted)).broken !== null) return t.pass(`seed ${seed}`)
    }
    return t.fail('no seed caught it')
  })
}
