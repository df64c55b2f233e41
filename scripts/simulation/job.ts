/** Runs a part of the seeds in a process of its own, and says one JSON line for each. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { explainFailure, type Simulation, simulate } from '../../adapters/simulation/index.js'
import { figuresOf } from './figures.js'

/** Each hundredth seed is run twice (INV-31). */
const TWICE = 100

const [from = 0, to = 0, step = 1] = process.argv.slice(2, 5).map(Number)
const onDemand = process.argv[5] === 'true' ? true : undefined
const hasher = await wasmHasher()

/** What ends the process by an error of its own names the world that did it. */
async function run(seed: number, shrinks = false): Promise<Simulation> {
  try {
    return await simulate({ seed, hasher, onDemand, shrinks })
  } catch (cause) {
    throw new Error(
      `seed ${seed} threw: npm run simulate -- --seed ${seed}${onDemand === true ? ' --on-demand' : ''}`,
      { cause },
    )
  }
}

for (let seed = from; seed <= to; seed += step) {
  const simulation = await run(seed)
  const again = seed % TWICE === 0 && simulation.isGood ? (await run(seed)).hash : null
  const told = simulation.isGood ? null : explainFailure(await run(seed, true))
  process.stdout.write(`${JSON.stringify({ figures: figuresOf(simulation), again, told })}\n`)
}
