/** W7 and P11: small writes one after the other, each timed until it can be read on the other side. */

import { readFileSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from './contender.js'
import { SeededBytes } from './seeded-bytes.js'

const NAME = 'live.txt'
const BYTES = 200
const PATIENCE_MS = 30_000

/** Milliseconds from each write in `from` until `to` shows it. Between two lie 50 to 150 ms, drawn from the seed. */
export async function liveEdits(from: string, to: string, count: number, seed: string): Promise<readonly number[]> {
  const source = new SeededBytes(seed)
  const spans: number[] = []
  for (let at = 0; at < count; at++) {
    const content = `${at} `.padEnd(BYTES, '.')
    const shown = untilShown(join(to, NAME), to, content)
    const began = now()
    writeFileSync(join(from, NAME), content)
    spans.push((await shown) - began)
    await sleep(50 + source.below(100))
  }
  return spans
}

/** When it was seen: the system tells of a change in the directory, and the file is read. */
function untilShown(path: string, directory: string, content: string): Promise<number> {
  return new Promise((done, failed) => {
    const late = setTimeout(() => end(() => failed(new Error(`${path} was not written in time`))), PATIENCE_MS)
    const watcher = watch(directory, () => {
      if (readText(path) === content) end(() => done(now()))
    })
    const end = (tell: () => void): void => {
      clearTimeout(late)
      watcher.close()
      tell()
    }
  })
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** `share` from 0 to 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
