/**
 * Worlds whose contents are large, so that devices fetch what others still upload (decision 0061), under every fault: in
 * the end all are equal, nothing is lost, and nothing that was fetched ahead is left over.
 */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { World } from './world.js'
import { LARGE, worldOf } from './worlds.js'

const only = process.env['TIDEMARK_SEED']
const FIRST = only === undefined ? 1 : Number(only)
const SEEDS = only === undefined ? 12 : 1
let waited = 0

for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
  test.serial(
    `seed ${seed}: three devices with large files come to rest equal, nothing lost or left over`,
    async (t) => {
      t.timeout(5 * 60_000)
      const report = await new World({ ...worldOf(LARGE, seed), hasher: await wasmHasher() }).run()
      waited += report.hits.waited
      if (report.failures.length > 0) {
        t.log(report.trace.join('\n'))
        t.fail(report.failures.join('\n'))
      }
      t.pass()
    },
  )
}

test.serial('devices waited for chunks that were still on their way', (t) => {
  t.log(`${waited} times`)
  t.true(waited >= SEEDS, `${waited} times`)
})
