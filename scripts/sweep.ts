/**
 * `npm run sweep`: every kind of strike at every moment of every scenario, a run each: a process killed, four power losses
 * eleven errors of the disk and four deeds of its user at each call of a disk; each request or its answer lost or late, sent
 * twice, and the server restored as it was then, with another epoch and without. Fails when a rule broke.
 *   --stride <n>   each n-th moment only (default 1)   --only <text>   scenarios whose title holds it   --jobs <n>   processes
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { wasmHasher } from '../adapters/node/wasm-hasher.js'
import { SCENARIOS } from './simulation/scenarios.js'
import { sweep, type SweepResult } from './simulation/sweep.js'

const { values } = parseArgs({
  options: {
    stride: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    part: { type: 'string' },
  },
})
const [stride, jobs] = [Number(values.stride), Number(values.jobs)]
const scenarios = SCENARIOS.filter(({ title }) => title.includes(values.only))

if (values.part === undefined) await all()
else await part(Number(values.part))

async function all(): Promise<void> {
  const began = performance.now()
  const sum = { scenarios: 0, runs: 0, struck: 0, failed: 0 }
  await Promise.all(
    Array.from({ length: jobs }, async (_, at) => {
      const args = ['--import=tsx', fileURLToPath(import.meta.url), ...process.argv.slice(2), '--part', String(at)]
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
      const ended = once(child, 'close')
      for await (const line of createInterface({ input: child.stdout })) {
        const { title, moments, runs, struck, failed } = JSON.parse(line) as SweepResult
        console.log(
          `${failed.length === 0 ? '✔' : '✘'} ${title}: ${moments} moments, ${runs} runs, ${struck} struck, ${failed.length} broke a rule`,
        )
        for (const { strike, what } of failed.slice(0, 5)) console.log(`    ${JSON.stringify(strike)} ${what}`)
        sum.scenarios += 1
        sum.runs += runs
        sum.struck += struck
        sum.failed += failed.length
      }
      await ended
    }),
  )
  const seconds = Math.round((performance.now() - began) / 1000)
  console.log(
    `${sum.scenarios} scenarios, ${sum.runs} runs, ${sum.struck} struck, ${sum.failed} broke a rule, ${seconds} s`,
  )
  process.exitCode = sum.failed === 0 && sum.scenarios === scenarios.length && sum.struck === sum.runs ? 0 : 1
}

async function part(which: number): Promise<void> {
  const hasher = await wasmHasher()
  for (const [at, scenario] of scenarios.entries()) {
    if (at % jobs === which) process.stdout.write(`${JSON.stringify(await sweep(scenario, stride, hasher))}\n`)
  }
}
