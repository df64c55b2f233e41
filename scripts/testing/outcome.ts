/** What a step of `npm test` hands back, and the sum and the verdict over all steps. Pure data, no I/O. */

export interface Outcome {
  readonly passed: number
  readonly failed: number
  /** Title of each skipped test, its reason in brackets at the end. */
  readonly skipped: readonly string[]
  /** What a person needs to read when something failed. */
  readonly details: string
}

export interface Verdict {
  readonly ok: boolean
  readonly reasons: readonly string[]
  /** The last line that `npm test` prints. */
  readonly line: string
}

/** One check that is either right or wrong. */
export function check(ok: boolean, details: string): Outcome {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: [], details: ok ? '' : details }
}

/** `(missing: …)`: a service or tool this machine lacks. `(capability: …)`: a declared trait of the subject. */
function reasonOf(title: string): 'missing' | 'capability' | null {
  const match = /\((missing|capability): .+\)$/.exec(title)
  return match === null ? null : (match[1] as 'missing' | 'capability')
}

/** The first few of many. */
function some(label: string, titles: readonly string[]): string[] {
  const shown = titles.slice(0, 5).map((title) => `${label}: ${title}`)
  return titles.length > shown.length ? [...shown, `${label}: ${titles.length - shown.length} more`] : shown
}

/** `floor` is null when test/floor.json could not be read. */
export function judge(outcomes: readonly Outcome[], floor: number | null, ci: boolean): Verdict {
  const skipped = outcomes.flatMap((outcome) => outcome.skipped)
  const silent = skipped.filter((title) => reasonOf(title) === null)
  const missing = skipped.filter((title) => reasonOf(title) === 'missing')
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0) + silent.length

  const reasons: string[] = []
  if (failed > 0) reasons.push(`${failed} failed`)
  if (floor === null) reasons.push('test/floor.json is missing or holds no positive number')
  else if (passed < floor) reasons.push(`${passed} passed, fewer than the ${floor} of test/floor.json`)
  reasons.push(...some('skipped without a reason', silent))
  if (ci) reasons.push(...some('skipped under CI', missing))
  return {
    ok: reasons.length === 0,
    reasons,
    line: `${passed} passed, ${failed} failed, ${skipped.length - silent.length} skipped`,
  }
}
