/** `test/floor.json`: the least number of tests that must pass. It may grow, and never shrinks. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, type Outcome } from './outcome.js'
import { run } from './process.js'

const FILE = 'test/floor.json'

/** The number in the text of a floor file; null when it holds none. */
export function parseFloor(text: string): number | null {
  try {
    const { passed } = JSON.parse(text) as { passed?: unknown }
    return Number.isSafeInteger(passed) && (passed as number) > 0 ? (passed as number) : null
  } catch {
    return null
  }
}

export function readFloor(root: string): number | null {
  try {
    return parseFloor(readFileSync(join(root, FILE), 'utf8'))
  } catch {
    return null
  }
}

/** Compares the floor with what the last commits that touched it said. */
export async function growth(root: string): Promise<Outcome> {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', args, { cwd: root, timeLimitMs: 60_000 })).stdout
  let commits: string[]
  try {
    commits = (await git('log', '-20', '--format=%H', '--', FILE)).split('\n').filter((line) => line !== '')
  } catch {
    return { passed: 0, failed: 0, skipped: ['the floor only grows (missing: git)'], details: '' }
  }
  const before = await Promise.all(commits.map(async (commit) => parseFloor(await git('show', `${commit}:${FILE}`))))
  const highest = Math.max(0, ...before.map((floor) => floor ?? 0))
  const now = readFloor(root) ?? 0
  return check(now >= highest, `${FILE} says ${now}, but said ${highest} before`)
}
