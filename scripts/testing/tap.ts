/**
 * Reads what `ava --tap` prints. A report that stops early, counts wrongly or holds no test is a failure:
 * silence is never taken for success.
 */
import type { Outcome } from './outcome.js'

export interface Run {
  readonly tap: string
  readonly stderr: string
  /** Null when a signal or the time limit ended the process. */
  readonly exitCode: number | null
}

export const BROKEN_OFF = 'the report breaks off'

interface Tally {
  passed: number
  failed: number
  readonly skipped: string[]
  readonly failures: string[]
}

function tally(lines: readonly string[]): Tally {
  const sum: Tally = { passed: 0, failed: 0, skipped: [], failures: [] }
  let inFailure = false
  for (const line of lines) {
    const match = /^(ok|not ok) \d+ - (.*?)( # SKIP| # TODO)?$/.exec(line)
    if (match === null) {
      if (inFailure && line.startsWith(' ')) sum.failures.push(line)
      else if (line !== '') inFailure = false
      continue
    }
    const [, state, title = '', directive] = match
    inFailure = state === 'not ok'
    if (inFailure) {
      sum.failed++
      sum.failures.push(`✘ ${title}${directive ?? ''}`)
    } else if (directive === ' # SKIP') sum.skipped.push(title)
    else sum.passed++
  }
  return sum
}

/** The number after `# name` in the closing lines; null when the report has no such line. */
function closing(lines: readonly string[], name: string): number | null {
  const line = lines.filter((candidate) => candidate.startsWith(`# ${name} `)).at(-1)
  return line === undefined ? null : Number(line.slice(name.length + 3))
}

export function readTap({ tap, stderr, exitCode }: Run): Outcome {
  const lines = tap.split(/\r?\n/)
  const { passed, failed, skipped, failures } = tally(lines)
  const told = { passed: closing(lines, 'pass'), failed: closing(lines, 'fail') }

  const doubts: string[] = []
  if (told.passed === null || told.failed === null) doubts.push(BROKEN_OFF)
  else if (told.passed !== passed) doubts.push(`the report counts ${told.passed} passed, but shows ${passed}`)
  else if (told.failed > failed) doubts.push(`the report counts ${told.failed} failed, but shows ${failed}`)
  if (passed + failed + skipped.length === 0) doubts.push('no test ran')
  if (exitCode !== 0 && failed === 0) doubts.push(`the test runner ended with ${exitCode ?? 'a signal'}`)
  if (failed + doubts.length === 0) return { passed, failed, skipped, details: '' }
  return {
    passed,
    failed: Math.max(failed, told.failed ?? 0, 1),
    skipped,
    details: [...failures, ...doubts.map((doubt) => `✘ ${doubt}`), stderr.trimEnd().slice(-20_000)].join('\n'),
  }
}
