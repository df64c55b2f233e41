/**
 * `npm run twins`: scripts run twice, with other clocks (INV-14) or without events (INV-15); fails when two ends differ.
 *   --seeds <n>   how many (default 200)   --from <n>   the first one (default 1)
 */

import { parseArgs } from 'node:util'
import { wasmHasher } from '../adapters/node/wasm-hasher.js'
import { drawScript } from '../adapters/simulation/index.js'
import { compareTwins } from '../adapters/simulation/twins.js'

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } },
})
const [from, count] = [Number(values.from), Number(values.seeds)]
const hasher = await wasmHasher()
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
const began = performance.now()
let bad = 0
for (let seed = from; seed < from + count; seed++) {
  for (const kind of ['clocks', 'events'] as const) {
    const script = drawScript({ seed, steps: 24, faults: {} })
    const { differs, violations } = await compareTwins({ script, kind, hasher, turn })
    if (differs.length + violations.length === 0) continue
    bad += 1
    console.log(`✘ seed ${seed}, ${kind}: ${[...violations, ...differs].slice(0, 3).join('; ')}`)
  }
}
console.log(`${count} pairs of each kind, ${bad} differ, ${Math.round((performance.now() - began) / 1000)} s`)
process.exitCode = bad === 0 ? 0 : 1
