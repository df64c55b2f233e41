/**
 * Runs a suite on every adapter of a registry under ava, and prints the matrix. Nothing is left out in silence: what an
 * adapter does not declare has to stand in skips.table.ts, and every rule has to run on some adapter.
 */

import test from 'ava'
import { type Trial, trials } from './case.js'
import { matrix, unreached } from './matrix.js'
import { ALLOWED_SKIPS } from './skips.table.js'
import { type AdapterOf, type InterfaceName, suite } from './suites.js'

export function runSuite<Name extends InterfaceName>(name: Name, adapters: readonly AdapterOf<Name>[]): void {
  const all = adapters.flatMap((adapter) => trials(suite(name), adapter))
  for (const trial of all) {
    if (trial.lacks.length > 0) continue
    if (trial.missing !== null) test.skip(`${trial.title} (capability: ${trial.missing})`, () => {})
    else test(trial.title, (t) => t.notThrowsAsync(trial.run()))
  }

  test(`${name}: A21 every skip stands in skips.table.ts, and every row of the table is a skip`, (t) => {
    t.deepEqual(skips(all), allowed(name))
  })

  test(`${name}: A21 every rule runs on some adapter`, (t) => {
    t.deepEqual(unreached(all), [])
  })

  test.after.always('the matrix', () => console.log(matrix(all)))
}

/** Adapter and capability of every case that is left out, each once. */
function skips(all: readonly Trial[]): readonly string[] {
  return [...new Set(all.flatMap(({ adapter, lacks }) => lacks.map((need) => `${adapter} lacks ${need}`)))].sort()
}

function allowed(name: InterfaceName): readonly string[] {
  const rows = ALLOWED_SKIPS.filter((row) => row.of === name && row.here !== false)
  return rows.map(({ adapter, lacks }) => `${adapter} lacks ${lacks}`).sort()
}
