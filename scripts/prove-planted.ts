/**
 * `npm run prove:planted`: bugs are planted into copies of the shipped source, one into each, and the same checks run on
 * every copy until one fails. Fails when a bug is not found, when a patch does not apply any more, or when a check that
 * found one also fails on the source as it is.
 *   --only <1,2,3>   these bugs alone      --jobs <n>   at once (default 2)
 *   --no-baseline    the source as it is is not tried
 */

import { parseArgs } from 'node:util'
import { type Check, checksFor } from './planted/checks.js'
import type { Patch } from './planted/patch.js'
import { copyTree, ROOT } from './planted/patched-tree.js'
import { PATCHES } from './planted/patches.js'
import { endChecks, type Ran, runBaseline, runCheck } from './planted/run-check.js'

interface Finding {
  readonly patch: Patch
  readonly check: Check | null
  readonly ran: Ran | null
}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    baseline: { type: 'boolean', default: true },
  },
  allowNegative: true,
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    endChecks()
    process.exit(130)
  })
}

const wanted = values.only?.split(',').map(Number)
const due = PATCHES.filter(({ number }) => wanted === undefined || wanted.includes(number))
const findings: Finding[] = []
const queue = due.values()
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (const patch of queue) findings.push(await find(patch))
  }),
)
const isSound = !values.baseline || (await standsAsItIs())
const caught = findings.filter(({ check }) => check !== null).length
console.log(`caught ${caught} of ${due.length}`)
process.exitCode = caught === due.length && due.length > 0 && isSound ? 0 : 1

async function find(patch: Patch): Promise<Finding> {
  const began = performance.now()
  const name = `${String(patch.number).padStart(2)} ${patch.what}`
  const tree = planted(patch)
  if (tree === null) return { patch, check: null, ran: null }
  try {
    for (const check of checksFor(patch.file, ROOT)) {
      const ran = await runCheck(check, tree.path)
      if (ran.brokeOff !== null) console.log(`   ${patch.number}: ${titleOf(check)} broke off: ${ran.brokeOff}`)
      if (ran.failure === null) continue
      const all = Math.round((performance.now() - began) / 1000)
      console.log(`✔ ${name}: ${titleOf(check)}: ${ran.failure} (${costOf(ran)}, after ${all} s in all)`)
      return { patch, check, ran }
    }
    console.log(`✘ ${name}: NOT CAUGHT`)
    return { patch, check: null, ran: null }
  } finally {
    tree.remove()
  }
}

/** Null, and told why, when it does not apply: it counts as not caught, and the others go on. */
function planted(patch: Patch): ReturnType<typeof copyTree> | null {
  try {
    return copyTree(patch)
  } catch (error) {
    console.log(`✘ ${error instanceof Error ? error.message : String(error)}`)
    return null
  }
}

function titleOf(check: Check): string {
  return check.kind === 'tests' ? check.file : 'simulated worlds'
}

function costOf({ seconds, seeds }: Ran): string {
  const time = `${seconds.toFixed(1)} s`
  return seeds === null ? time : `${seeds} seeds, ${time}`
}

/** The checks that found something, on the source as it is: of the worlds up to the highest seed that was needed. */
async function standsAsItIs(): Promise<boolean> {
  const files = new Set(findings.flatMap(({ check }) => (check?.kind === 'tests' ? [check.file] : [])))
  const seeds = Math.max(0, ...findings.map(({ ran }) => ran?.seeds ?? 0))
  const checks: Check[] = [...files].sort().map((file) => ({ kind: 'tests', file }))
  if (seeds > 0) checks.push({ kind: 'worlds', seeds })
  const tree = copyTree(null)
  const faults: string[] = []
  try {
    const open = checks.values()
    await Promise.all(
      Array.from({ length: Number(values.jobs) }, async () => {
        for (const check of open) {
          const { failure, brokeOff } = await runBaseline(check, tree.path)
          const fault = failure ?? brokeOff
          if (fault !== null) faults.push(`${titleOf(check)}: ${fault}`)
        }
      }),
    )
  } finally {
    tree.remove()
  }
  for (const fault of faults) console.log(`✘ without any bug: ${fault}`)
  console.log(`the same ${files.size} test files and ${seeds} seeds without any bug: ${faults.length} failed`)
  return faults.length === 0
}
