import test from 'ava'
import { ACCOUNT_STORES } from './account-store.registry.js'
import { ACCOUNT_STORE_CASES } from './account-store.suite.js'

for (const adapter of ACCOUNT_STORES) {
  for (const { rule, title, run } of ACCOUNT_STORE_CASES) {
    test(`${adapter.name}: ${rule} ${title}`, async (t) => {
      const subject = await adapter.make()
      try {
        await t.notThrowsAsync(run(subject))
      } finally {
        await subject.dispose()
      }
    })
  }
}
