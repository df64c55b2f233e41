/** Reads while the shipped store replaces: the short form of `npm run prove:reader`, with the same parts. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { reading } from '../../scripts/reader/reading.js'
import { FILE_SYSTEMS, mountRefusal, mountSmall } from '../../scripts/testing/mounted.js'

const READS = 20_000

for (const kind of FILE_SYSTEMS) {
  const title = `INV-07: ${READS} reads by another process while files are replaced, each a whole content, on ${kind}`
  const refusal = mountRefusal(kind)
  if (refusal !== null) test.skip(`${title} (capability: ${refusal})`, () => {})
  else
    test.serial(title, async (t) => {
      t.timeout(150_000)
      const directory = mkdtempSync(join(tmpdir(), 'tidemark-reader-'))
      const mounted = mountSmall(kind, directory, 64)
      t.teardown(() => {
        mounted.remove()
        rmSync(directory, { recursive: true, force: true })
      })
      const found = await reading({ root: join(mounted.path, 'root'), reads: READS, replaces: 200, seed: 7 })
      t.deepEqual([found.absent, found.mixed], [0, 0])
      t.true(found.reads >= READS && found.replaced >= 200 && found.changes > 0, JSON.stringify(found))
    })
}
