/** The worlds are only trusted while they find what is planted (RELIABILITY 4.1): each part within so many seeds. */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { simulate } from '../../adapters/simulation/index.js'
import { PLANTED_PARTS } from './planted.table.js'

const SEEDS = 400

for (const { title, decorations, faults, rule } of PLANTED_PARTS) {
  test.serial(`${title} is found`, async (t) => {
    t.timeout(10 * 60_000)
    const hasher = await wasmHasher()
    const weights = faults === undefined ? {} : { faults }
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { isGood, violations } = await simulate({ seed, hasher, decorations, ...weights })
      if (isGood || (rule !== undefined && !violations.some((broken) => broken.rule === rule))) continue
      const [first] = violations.filter((broken) => rule === undefined || broken.rule === rule)
      t.log(`seed ${seed}: ${first?.rule}: ${first?.what.split('\n')[0]}`)
      t.pass()
      return
    }
    t.fail(`${SEEDS} seeds saw nothing`)
  })
}
