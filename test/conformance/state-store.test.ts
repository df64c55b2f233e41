import test from 'ava'
import { STATE_STORES } from './state-store.registry.js'
import { STATE_CASES } from './state-store.suite.js'

for (const { name, missing, capabilities, make } of STATE_STORES) {
  for (const { rule, title, needs = [], run } of STATE_CASES) {
    if (!needs.every((need) => capabilities.includes(need))) continue
    if (missing !== null) {
      test.skip(`${name}: ${rule} ${title} (capability: ${missing})`, () => {})
      continue
    }
    test(`${name}: ${rule} ${title}`, async (t) => {
      const subject = await make()
      try {
        await t.notThrowsAsync(run(subject))
      } finally {
        await subject.dispose()
      }
    })
  }
}
