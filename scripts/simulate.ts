/**
 * `npm run simulate`: whole worlds on virtual time, seed after seed. Prints what they were like and which rule was broken;
 * fails when one was, when a fault never struck, or when a seed ran in two ways.
 *   --seeds <n>   how many (default 1,000)   --from <n>   the first one (default 1)   --jobs <n>   processes (default: cores)
 *   --seed <n>    this one alone             --trace      with its story              --shrink     cut down to what fails
 *   --on-demand   every world with devices whose contents come on demand
 *   --ledger <f>  appends a line: revision, range, wall, violations                   --json       one JSON document
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { wasmHasher } from '../adapters/node/wasm-hasher.js'
import { explainFailure, simulate } from '../adapters/simulation/index.js'
import { bundled } from './simulation/bundled.js'
import { type Figures, report, type SeedFigures } from './simulation/figures.js'

/** A process gets faster for its first few hundred worlds, and is ended after so many, lest one that grows should end it. */
const SEEDS_OF_A_PROCESS = 5_000
/** Worlds make much that is soon garbage: with more room for it, some 8 % less time goes into sweeping it up. MiB. */
const YOUNG = '--max-semi-space-size=64'

const JOB = join(import.meta.dirname, 'simulation', 'job.ts')

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: false },
    ledger: { type: 'string' },
    json: { type: 'boolean', default: false },
    'on-demand': { type: 'boolean', default: false },
  },
})

if (values.seed === undefined) await many()
else await one(Number(values.seed))

async function one(seed: number): Promise<void> {
  const onDemand = values['on-demand'] ? true : undefined
  const hasher = await wasmHasher()
  const simulation = await simulate({ seed, hasher, onDemand, tells: values.trace, shrinks: values.shrink })
  const { isGood, story, hash } = simulation
  if (!isGood) console.log(explainFailure(simulation))
  else if (values.trace) console.log(story.join('\n'))
  console.log(`${isGood ? '✔' : '✘'} seed ${seed}, trace ${hash}`)
  process.exitCode = isGood ? 0 : 1
}

async function many(): Promise<void> {
  const [from, count, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)]
  const began = performance.now()
  const figures: Figures = { seeds: [], failed: [], twice: 0, unequal: [] }
  const lanes = Array.from({ length: jobs }, (_, at) => ({ from: from + at, to: from + count - 1, step: jobs }))
  await bundled(JOB, (script) => Promise.all(lanes.map((part) => lane(script, part, figures))))
  figures.seeds.sort((a, b) => a.seed - b.seed)
  const seconds = (performance.now() - began) / 1000
  const { lines, faults } = report(figures)
  for (const { told } of figures.failed.slice(0, 3)) console.log(`${told}\n`)
  if (values.json) console.log(JSON.stringify({ lines, faults, seconds }))
  else
    console.log(
      [
        ...lines,
        `${Math.round(seconds)} s, ${(figures.seeds.length / seconds / jobs).toFixed(1)} seeds a second on one core`,
      ].join('\n'),
    )
  for (const fault of faults.slice(0, 50)) console.log(`✘ ${fault}`)
  if (values.ledger !== undefined) keepBook(values.ledger, from, count, seconds, figures.failed.length)
  process.exitCode = faults.length === 0 && figures.seeds.length === count ? 0 : 1
}

/** Every `step`-th seed from `from` to `to`. */
interface Part {
  readonly from: number
  readonly to: number
  readonly step: number
}

async function lane(script: string, { from, to, step }: Part, figures: Figures): Promise<void> {
  const stride = SEEDS_OF_A_PROCESS * step
  for (let at = from; at <= to; at += stride)
    await job(script, { from: at, to: Math.min(to, at + stride - 1), step }, figures)
}

async function job(script: string, { from, to, step }: Part, figures: Figures): Promise<void> {
  const child = spawn(
    process.execPath,
    [YOUNG, script, String(from), String(to), String(step), String(values['on-demand'])],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const ended = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { figures: SeedFigures; again: string | null; told: string | null }
    figures.seeds.push(said.figures)
    if (said.told !== null) {
      figures.failed.push({ seed: said.figures.seed, told: said.told })
      console.error(`✘ seed ${said.figures.seed}: ${said.told.split('\n')[1] ?? ''}`)
    }
    if (said.again === null) continue
    figures.twice += 1
    if (said.again !== said.figures.hash) figures.unequal.push(said.figures.seed)
  }
  const [code] = (await ended) as [number | null]
  if (code !== 0) throw new Error(`a process ended with ${code}`)
}

function keepBook(path: string, from: number, count: number, seconds: number, violations: number): void {
  const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  appendFileSync(
    path,
    `${JSON.stringify({ revision, from, seeds: count, seconds: Math.round(seconds), violations })}\n`,
  )
}
