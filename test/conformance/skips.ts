/** What was left out and what may be left out, in words that can be compared. Pure. */

import type { Trial } from './case.js'
import type { AllowedSkip } from './skips.table.js'
import type { InterfaceName } from './suites.js'

/** Adapter and capability of every case that is left out, each once. */
export function skipsOf(trials: readonly Trial[]): readonly string[] {
  return [...new Set(trials.flatMap(({ adapter, lacks }) => lacks.map((need) => `${adapter} lacks ${need}`)))].sort()
}

/** Rows of one interface that count on this machine. */
export function allowedSkips(name: InterfaceName, rows: readonly AllowedSkip[]): readonly string[] {
  const here = rows.filter((row) => row.of === name && row.here !== false)
  return here.map(({ adapter, lacks }) => `${adapter} lacks ${lacks}`).sort()
}
