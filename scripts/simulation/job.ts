/** Runs a part of the seeds in a process of its own, and says one JSON line for each. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { explainFailure, simulate } from '../../adapters/simulation/index.js'
import { figuresOf } from './figures.js'

/** Each hundredth seed is run twice (INV-31). */
const TWICE = 100

const [from = 0, to = 0, step = 1] = process.argv.slice(2, 5).map(Number)
const onDemand = process.argv[5] === 'true' ? true : undefined
const hasher = await wasmHasher()
for (let seed = from; seed <= to; seed += step) {
  const simulation = await simulate({ seed, hasher, onDemand })
  const again = seed % TWICE === 0 && simulation.isGood ? (await simulate({ seed, hasher, onDemand })).hash : null
  const told = simulation.isGood ? null : explainFailure(await simulate({ seed, hasher, onDemand, shrinks: true }))
  process.stdout.write(`${JSON.stringify({ figures: figuresOf(simulation), again, told })}\n`)
}
