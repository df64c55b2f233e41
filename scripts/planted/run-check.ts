/** Runs one check in a tree until its first failure. A run that breaks off without a failing test is no finding. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Check } from './checks.js'

export interface Ran {
  /** What failed: the title of a test, or a seed with its rule; null when nothing did. */
  readonly failure: string | null
  /** It ended neither well nor with a failure: what it said last. */
  readonly brokeOff: string | null
  /** Until the failure, or the end. */
  readonly seconds: number
  /** Of worlds: the last seed that ran. */
  readonly seeds: number | null
}

/** A check that has not failed by then has not found it, milliseconds. */
const LIMIT_MS = 60_000
/** For a tree without a bug the limit says nothing but that it hangs. */
const BASELINE_LIMIT_MS = 900_000
/** A process that runs so many worlds is ended: signals of dead engines are kept by the host for ever. */
const SEEDS_OF_A_PROCESS = 400

/** Seeds of the tests that have many: what is not found by then is not found in time. */
const SEEDS = { TIDEMARK_PLANNER_SEEDS: '2000', TIDEMARK_GC_SEEDS: '2000' }

const children = new Set<() => void>()

/** Ends everything that still runs, for the way out on a signal. */
export function endChecks(): void {
  for (const end of children) end()
}

export function runCheck(check: Check, tree: string, limitMs = LIMIT_MS): Promise<Ran> {
  return check.kind === 'tests' ? runTests(check.file, tree, limitMs) : runWorlds(check.seeds, tree, limitMs)
}

export function runBaseline(check: Check, tree: string): Promise<Ran> {
  return runCheck(check, tree, BASELINE_LIMIT_MS)
}

async function runTests(file: string, tree: string, limitMs: number): Promise<Ran> {
  const ava = join(tree, 'node_modules/ava/entrypoints/cli.mjs')
  const said = { failure: null as string | null, last: '' }
  const began = performance.now()
  const { code, timedOut } = await lines([ava, '--tap', '--fail-fast', file], tree, limitMs, (line) => {
    said.failure ??= /^not ok \d+ - (.*)$/.exec(line)?.[1] ?? null
    if (line.trim() !== '') said.last = line
    return said.failure === null
  })
  const seconds = (performance.now() - began) / 1000
  const failure = said.failure !== null && isTest(said.failure) ? said.failure : null
  const brokeOff = failure !== null || code === 0 || timedOut ? null : `${said.failure ?? said.last} (${code})`
  return { failure, brokeOff, seconds, seeds: null }
}

/** A file that cannot even be loaded fails under its own name, not as one of its tests. */
function isTest(title: string): boolean {
  return !/^(uncaught-exception|unhandled-rejection|.*\.ts exited with.*|No tests found.*)$/.test(title)
}

async function runWorlds(seeds: number, tree: string, limitMs: number): Promise<Ran> {
  const began = performance.now()
  const past = (): number => performance.now() - began
  const said = { seed: 0, broken: null as string | null }
  let stopped: string | null = null
  while (said.seed < seeds && said.broken === null && stopped === null && past() < limitMs) {
    const to = Math.min(seeds, said.seed + SEEDS_OF_A_PROCESS)
    const script = join(tree, 'scripts/planted/worlds.ts')
    const args = ['--import=tsx', script, String(said.seed + 1), String(to)]
    const { code, timedOut } = await lines(args, tree, limitMs - past(), (line) => {
      const { seed, broken } = JSON.parse(line) as { seed: number; broken: string | null }
      said.seed = seed
      said.broken = broken
      return true
    })
    if (code !== 0 && !timedOut) stopped = `a process of worlds ended with ${code} after seed ${said.seed}`
  }
  const failure = said.broken === null ? null : `seed ${said.seed}: ${said.broken}`
  return { failure, brokeOff: stopped, seconds: past() / 1000, seeds: said.seed }
}

interface Ended {
  readonly code: number | null
  readonly timedOut: boolean
}

/** Gives each line of the output on; false from `take` ends the process. */
async function lines(
  args: readonly string[],
  cwd: string,
  limitMs: number,
  take: (line: string) => boolean,
): Promise<Ended> {
  const env = { ...process.env, ...SEEDS, FORCE_COLOR: '0' }
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  const state = { timedOut: false, ended: false }
  const end = (): void => {
    // The test runner has children of its own: the group goes together.
    if (!state.ended && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    state.ended = true
  }
  const timer = setTimeout(() => {
    state.timedOut = true
    end()
  }, limitMs)
  children.add(end)
  const closed = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) if (!take(line)) end()
  const [code] = (await closed) as [number | null]
  state.ended = true
  clearTimeout(timer)
  children.delete(end)
  return { code, timedOut: state.timedOut }
}
