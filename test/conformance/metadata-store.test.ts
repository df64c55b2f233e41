import test from 'ava'
import { METADATA_STORES } from './metadata-store.registry.js'
import { METADATA_CASES } from './metadata-store.suite.js'

for (const { name, missing, capabilities, make } of METADATA_STORES) {
  for (const { rule, title, needs = [], run } of METADATA_CASES) {
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
