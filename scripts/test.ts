/**
 * `npm test`: every check and every test of the repository, and one line of counts at the end.
 *   --only <steps>   names divided by commas      --root <directory>   another tree to look at
 *   --raise          writes the number that passed into test/floor.json when it grew; run it without the Node matrix
 *                    (TIDEMARK_NODES=/nowhere), so that the floor holds on a machine with one Node
 */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { readFloor } from './testing/floor.js'
import { judge, type Outcome } from './testing/outcome.js'
import { endChildren } from './testing/process.js'
import { STEPS, type Step } from './testing/steps.js'

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: resolve(import.meta.dirname, '..') },
    only: { type: 'string' },
    raise: { type: 'boolean', default: false },
  },
})

async function perform(step: Step, root: string): Promise<Outcome> {
  const start = performance.now()
  const outcome = await step.run(root)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const counts = `${outcome.passed} passed, ${outcome.failed} failed, ${outcome.skipped.length} skipped`
  if (outcome.details !== '') console.log(`${outcome.details}\n`)
  for (const title of outcome.skipped.slice(0, 10)) console.log(`  skipped: ${title}`)
  if (outcome.skipped.length > 10) console.log(`  skipped: ${outcome.skipped.length - 10} more`)
  console.log(`${outcome.failed === 0 ? '✔' : '✘'} ${step.name}: ${counts} (${seconds} s)`)
  return outcome
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    endChildren()
    process.exit(130)
  })
}

const wanted = values.only?.split(',')
const unknown = wanted?.find((name) => !STEPS.some((step) => step.name === name))
if (unknown !== undefined) throw new Error(`no step is called '${unknown}'`)

const outcomes: Outcome[] = []
for (const step of STEPS) {
  if (wanted === undefined || wanted.includes(step.name)) outcomes.push(await perform(step, values.root))
}

const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
if (values.raise && passed > (readFloor(values.root) ?? 0)) {
  writeFileSync(join(values.root, 'test/floor.json'), `{ "passed": ${passed} }\n`)
}
const ci = process.env['CI'] !== undefined && process.env['CI'] !== '' && process.env['CI'] !== 'false'
const verdict = judge(outcomes, readFloor(values.root), ci)
for (const reason of verdict.reasons) console.log(`✘ ${reason}`)
console.log(verdict.line)
process.exitCode = verdict.ok ? 0 : 1
