/** The matrix rule × adapter: how many cases of a rule ran on an adapter, and for want of which capability others did not. */

import type { Trial } from './case.js'

export interface Cell {
  readonly passed: number
  readonly failed: number
  /** Trials that could have run and did not. */
  readonly waiting: number
  /** Trials left out, by the capability that the adapter does not declare. */
  readonly lacking: ReadonlyMap<string, number>
  readonly missing: string | null
  readonly of: number
}

/** What became of the trials of one rule on one adapter. */
export function cellOf(trials: readonly Trial[], rule: string, adapter: string): Cell {
  const here = trials.filter((trial) => trial.adapter === adapter && trial.rules.includes(rule))
  const open = here.filter(({ lacks, missing }) => lacks.length === 0 && missing === null)
  const lacking = new Map<string, number>()
  for (const need of here.flatMap(({ lacks }) => lacks)) lacking.set(need, (lacking.get(need) ?? 0) + 1)
  return {
    passed: open.filter(({ outcome }) => outcome === 'passed').length,
    failed: open.filter(({ outcome }) => outcome === 'failed').length,
    waiting: open.filter(({ outcome }) => outcome === 'waiting').length,
    lacking,
    missing: here.find(({ missing }) => missing !== null)?.missing ?? null,
    of: here.length,
  }
}

/** Rules that run on no adapter here, in the order in which they come. */
export function unreached(trials: readonly Trial[]): readonly string[] {
  const reached = new Set(
    trials.filter(({ lacks, missing }) => lacks.length === 0 && missing === null).flatMap(({ rules }) => rules),
  )
  return [...new Set(trials.flatMap(({ rules }) => rules))].filter((rule) => !reached.has(rule))
}

/**
 * The matrix as lines of text, one block for each interface: `3` means that all three cases of the rule passed, `2 of 3: symlinks` that one was left out
 * for want of that capability.
 */
export function matrix(trials: readonly Trial[]): string {
  const names = [...new Set(trials.map(({ of }) => of))]
  return names
    .map((name) =>
      block(
        name,
        trials.filter(({ of }) => of === name),
      ),
    )
    .join('\n\n')
}

function block(name: string, trials: readonly Trial[]): string {
  const adapters = [...new Set(trials.map(({ adapter }) => adapter))]
  const rules = [...new Set(trials.flatMap(({ rules }) => rules))].sort(byNumber)
  const rows = [
    ['', ...adapters.map((_, at) => `[${at + 1}]`)],
    ...rules.map((rule) => [rule, ...adapters.map((adapter) => shown(cellOf(trials, rule, adapter)))]),
  ]
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join('  '))
  const head = `${name}, rule × adapter: ${adapters.map((name, at) => `[${at + 1}] ${name}`).join(', ')}`
  return [head, ...lines].map((line) => line.trimEnd()).join('\n')
}

function shown({ passed, failed, waiting, lacking, missing, of }: Cell): string {
  if (missing !== null) return 'not here'
  const notes = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(waiting > 0 ? [`${waiting} not run`] : []),
    ...lacking.keys(),
  ]
  return notes.length === 0 ? String(passed) : `${passed} of ${of}: ${notes.join(', ')}`
}

/** LOCAL-2 before LOCAL-10, families by name. */
function byNumber(a: string, b: string): number {
  const [familyA, familyB] = [a.replace(/-\d+$/, ''), b.replace(/-\d+$/, '')]
  if (familyA !== familyB) return familyA < familyB ? -1 : 1
  return Number(a.slice(familyA.length + 1)) - Number(b.slice(familyB.length + 1))
}
