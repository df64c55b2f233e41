import test from 'ava'
import { LOCAL_STORES } from './local-store.registry.js'
import { CHANGING_CASES } from './local-store-changing.suite.js'
import { RACE_CASES } from './local-store-races.suite.js'
import { READING_CASES } from './local-store-reading.suite.js'

for (const adapter of LOCAL_STORES) {
  for (const { rule, title, needs, run } of [...READING_CASES, ...CHANGING_CASES, ...RACE_CASES]) {
    test(`${adapter.name}: ${rule} ${title}`, async (t) => {
      const subject = await adapter.make()
      try {
        // A capability that is missing here is declared by the subject, and the case is told as such.
        if (needs?.(subject) === false) t.pass('not on this disk')
        else await t.notThrowsAsync(run(subject))
      } finally {
        await subject.dispose()
      }
    })
  }
}
