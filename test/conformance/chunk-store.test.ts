import test from 'ava'
import { CHUNK_STORES } from './chunk-store.registry.js'
import { CHUNK_CASES } from './chunk-store.suite.js'

for (const { name, missing, capabilities, make } of CHUNK_STORES) {
  for (const { rule, title, needs = [], run } of CHUNK_CASES) {
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
