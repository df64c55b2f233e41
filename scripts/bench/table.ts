/** The figures for people: a row for each workload and contender, then each target with what came of it. */

import type { Outcome } from './outcome.js'
import { type Figure, figureOf, median } from './targets.js'
import type { Measured } from './rounds.js'

const FIGURES: readonly Figure[] = ['wall', 'push', 'bytes', 'requests']

export function figureTable(measured: readonly Measured[]): readonly string[] {
  return table(
    ['workload', 'who', 'wall', 'push', 'bytes of a hop', 'requests'],
    measured.map(({ workload, contender, rounds }) => [
      workload,
      contender,
      ...FIGURES.map((figure) => {
        const values = rounds.map((carried) => figureOf(carried, figure)).filter((value) => value !== null)
        return values.length === 0 ? '' : shown(median(values), figure)
      }),
    ]),
  )
}

export function outcomeTable(outcomes: readonly Outcome[]): readonly string[] {
  return table(
    ['target', 'what', 'measured', 'must', 'goal', 'met'],
    outcomes.map(({ id, what, value, must, goal, bound, isMet }) => {
      const sign = bound === 'least' ? '≥' : '≤'
      return [
        id,
        what,
        value === null ? 'not measured' : ratio(value),
        `${sign} ${ratio(must)}`,
        goal === null ? '' : `${sign} ${ratio(goal)}`,
        isMet === null ? '' : isMet ? 'yes' : 'NO',
      ]
    }),
  )
}

export function shown(value: number, figure: Figure): string {
  if (figure === 'requests') return String(value)
  if (figure === 'bytes') return value.toLocaleString('en')
  return value >= 1_000 ? `${(value / 1_000).toFixed(2)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

export function ratio(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)))
}

/** As Markdown, which reads as well in a terminal. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((cell, at) => Math.max(cell.length, ...rows.map((row) => (row[at] ?? '').length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...rows.map(line)]
}
