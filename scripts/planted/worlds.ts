/** Runs simulated worlds in a process of its own, from a seed to a seed; says one line for each, and ends with the first that breaks a rule. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { simulate } from '../../adapters/simulation/index.js'

const [from = 0, to = 0] = process.argv.slice(2).map(Number)
const hasher = await wasmHasher()
for (let seed = from; seed <= to; seed++) {
  const { isGood, violations } = await simulate({ seed, hasher })
  const broken = isGood ? null : `${violations[0]?.rule}: ${violations[0]?.what.split('\n')[0]}`
  process.stdout.write(`${JSON.stringify({ seed, broken })}\n`)
  if (broken !== null) break
}
