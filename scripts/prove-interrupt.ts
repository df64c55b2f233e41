/**
 * `npm run prove:interrupt`: the demo is interrupted at seeded moments. Each time it has to end with 130 within 5 s,
 * with no process of it left and nothing of it in the temporary directory.
 *   --moments <n>   how many (default 20)      --seed <n>   which ones
 */

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

export interface Interrupted {
  /** Milliseconds after the start. */
  readonly moment: number
  /** The demo was still at work then. */
  readonly wasRunning: boolean
  /** Exit code; 130 also where the signal itself ended it, before it had begun. */
  readonly code: number | null
  /** Milliseconds from the signal to the end. */
  readonly took: number
  readonly childrenLeft: boolean
  readonly filesLeft: readonly string[]
}

const DEMO = resolve(import.meta.dirname, '../examples/cli/dist/demo/main.js')
const INTERRUPTED = 130
const PATIENCE_MS = 5_000
/** Within this time the demo is at work on any machine. */
const SPAN_MS = 8_000
const SEED = 20_261
const MOMENTS = 20

/** Moments in milliseconds, the first one at once. Park and Miller, "Random number generators: good ones are hard to find" (1988). */
export function momentsOf(seed: number, count: number): readonly number[] {
  let state = seed
  return Array.from({ length: count }, (_, index) => {
    state = (state * 48_271) % 2_147_483_647
    return index === 0 ? 0 : Math.floor((state / 2_147_483_647) * SPAN_MS)
  })
}

export async function interruptAt(moment: number): Promise<Interrupted> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-interrupt-'))
  try {
    // A group of its own, so that whoever is left of it can be asked for.
    const demo = spawn(process.execPath, [DEMO, '--json'], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: directory },
    })
    const ended = new Promise<number | null>((done, failed) => {
      demo.once('error', failed)
      demo.once('exit', (code, signal) => done(signal === 'SIGINT' ? INTERRUPTED : code))
    })
    const wasRunning = (await Promise.race([ended, sleep(moment, 'running' as const)])) === 'running'
    const start = performance.now()
    demo.kill('SIGINT')
    const code = await Promise.race([ended, sleep(2 * PATIENCE_MS, null, { ref: false })])
    const took = performance.now() - start
    const childrenLeft = await groupStays(demo.pid ?? 0)
    if (childrenLeft) process.kill(-(demo.pid ?? 0), 'SIGKILL')
    return { moment, wasRunning, code, took, childrenLeft, filesLeft: readdirSync(directory) }
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** What is wrong with it; null when nothing is. */
export function fault({ wasRunning, code, took, childrenLeft, filesLeft }: Interrupted): string | null {
  if (wasRunning && code !== INTERRUPTED) return `ended with ${code}`
  if (took > PATIENCE_MS) return `took ${Math.round(took)} ms`
  if (childrenLeft) return 'left a process behind'
  return filesLeft.length > 0 ? `left ${filesLeft.join(', ')}` : null
}

/** Whoever was killed as the last act of the demo is gone within this time. */
const LAST_ACT_MS = 1_000

async function groupStays(pid: number): Promise<boolean> {
  for (const since = performance.now(); performance.now() - since < LAST_ACT_MS; await sleep(20)) {
    if (!groupLives(pid)) return false
  }
  return true
}

function groupLives(pid: number): boolean {
  try {
    process.kill(-pid, 0)
    return true
  } catch {
    return false
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { moments: { type: 'string' }, seed: { type: 'string' } } })
  const moments = momentsOf(Number(values.seed ?? SEED), Number(values.moments ?? MOMENTS))
  let faults = 0
  for (const moment of moments) {
    const found = await interruptAt(moment)
    const wrong = fault(found)
    if (wrong !== null) faults += 1
    console.log(
      `${wrong === null ? '✔' : '✘'} at ${moment} ms: ${found.code} after ${Math.round(found.took)} ms${wrong === null ? '' : `, ${wrong}`}`,
    )
  }
  console.log(`${moments.length - faults} of ${moments.length} interruptions in good order`)
  process.exitCode = faults === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
