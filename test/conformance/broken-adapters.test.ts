/** No case passes without checking: adapters that break a rule fail the cases of that rule. */

import test from 'ava'
import { BROKEN_ADAPTERS } from './broken-adapters.table.js'

for (const { of, rule, what, trials } of BROKEN_ADAPTERS) {
  test(`${of}: A21 ${rule} finds that ${what}`, async (t) => {
    const all = trials()
    for (const trial of all) await trial.run().catch(() => {})
    t.true(
      all.some(({ outcome }) => outcome === 'failed'),
      `${all.length} cases passed`,
    )
  })
}
