import test from 'ava'
import { TRANSPORTS } from './transport.registry.js'
import { TRANSPORT_CASES } from './transport.suite.js'

for (const { name, missing, make } of TRANSPORTS) {
  for (const { rule, title, run } of TRANSPORT_CASES) {
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
