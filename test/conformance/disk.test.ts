import test from 'ava'
import { DISKS } from './disk.registry.js'
import { DISK_CASES } from './disk.suite.js'

for (const adapter of DISKS) {
  for (const { rule, title, run } of DISK_CASES) {
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
