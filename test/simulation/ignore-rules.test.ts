/**
 * Worlds whose users edit ignore rules too (INV-34): with every kind of step and fault, and gently, where nobody moves or
 * deletes and so nothing may leave any disk. In the end the rules go, and everything must be everywhere.
 */

import test, { type ExecutionContext } from 'ava'
import { World, type WorldOptions } from './world.js'
import { PINNED_RULED, RULED, RULED_GENTLY, worldOf } from './worlds.js'

const LOT = 50
let excluded = 0

async function runSeed(t: ExecutionContext, options: WorldOptions): Promise<void> {
  const report = await new World(options).run()
  excluded += report.hits.excluded
  if (report.failures.length === 0) return
  t.log(report.trace.join('\n'))
  t.fail(`seed ${options.seed}: ${report.failures.join('\n')}`)
}

for (const { kind, name, lots } of [
  { kind: RULED, name: 'rules and everything else', lots: 4 },
  { kind: RULED_GENTLY, name: 'rules, and nothing is moved or deleted', lots: 2 },
]) {
  for (let from = 1; from <= lots * LOT; from += LOT) {
    test.serial(`INV-34 seeds ${from} to ${from + LOT - 1}: ${name}`, async (t) => {
      t.timeout(10 * 60_000)
      for (let seed = from; seed < from + LOT; seed++) await runSeed(t, worldOf(kind, seed))
      t.pass()
    })
  }
}

test.serial('the rules left something out in most worlds', (t) => {
  t.true(excluded > 100, `${excluded} nodes were left out when the rules went`)
})

for (const { kind, seed, was } of PINNED_RULED) {
  test.serial(`seed ${seed} with rules: ${was}`, async (t) => {
    await runSeed(t, worldOf(kind, seed))
    t.pass()
  })
}
