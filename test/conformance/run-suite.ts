/**
 * Runs a suite on every adapter of a registry under ava, and prints the matrix. Nothing is left out in silence: what an
 * adapter does not declare has to stand in skips.table.ts, and every rule has to run on some adapter.
 */

import test from 'ava'
import { trials } from './case.js'
import { matrix, unreached } from './matrix.js'
import { allowedSkips, skipsOf } from './skips.js'
import { ALLOWED_SKIPS } from './skips.table.js'
import { type AdapterOf, type InterfaceName, suite } from './suites.js'

export function runSuite<Name extends InterfaceName>(name: Name, adapters: readonly AdapterOf<Name>[]): void {
  const all = adapters.flatMap((adapter) => trials(suite(name), adapter))
  for (const trial of all) {
    if (trial.lacks.length > 0) continue
    if (trial.missing !== null) test.skip(`${trial.title} (capability: ${trial.missing})`, () => {})
    else test(trial.title, (t) => t.notThrowsAsync(kept(trial.run)))
  }

  test(`${name}: A21 every skip stands in skips.table.ts, and every row of the table is a skip`, (t) => {
    t.deepEqual(skipsOf(all), allowedSkips(name, ALLOWED_SKIPS))
  })

  test(`${name}: A21 every rule runs on some adapter`, (t) => {
    t.deepEqual(unreached(all), [])
  })

  test.after.always('the matrix', () => console.log(matrix(all)))
}

/** What a case waits for, a hint and its own bound too, may not keep the process; without it a miss would go untold. */
async function kept(run: () => Promise<void>): Promise<void> {
  const hold = setInterval(() => undefined, 60_000)
  try {
    await run()
  } finally {
    clearInterval(hold)
  }
}
