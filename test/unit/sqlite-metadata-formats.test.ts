/** Databases that earlier releases wrote open in this one, with everything they hold (INV-33). */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import Database from 'libsql'
import { sqliteMetadataStore } from '../../adapters/sqlite/index.js'
import { id, X, Y } from './server-world.js'

const FORMAT_1 = new URL('../vectors/metadata-format-1.sql', import.meta.url)

test('INV-33 a database of format 1 opens: its tree, history, devices and results are there, and orphans can be kept', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-format-'))
  try {
    const path = join(directory, 'metadata.sqlite')
    const old = new Database(path)
    old.exec(readFileSync(FORMAT_1, 'utf8'))
    old.close()
    const orphan = { kind: 'chunk', digest: X.given.content, notedAt: 3, condemnedAt: null } as const
    for (const opening of [1, 2]) {
      const store = sqliteMetadataStore({ path, driver: 'libsql' })
      await store.open()
      const [head] = await store.everyWorkspace(null, 9)
      if (head === undefined) throw new RangeError('the workspace is lost')
      t.like(head, { owner: 'ann', name: 'notes', sequence: 6, horizon: 0 })
      await store.transact(head.id, async (writer) => {
        const sequences = (await writer.keptAfter(0, 99)).map(({ revision }) => revision.sequence)
        t.deepEqual(sequences, [1, 2, 3, 4, 5, 6])
        t.is(await writer.liveCount(), 3)
        t.is((await writer.history(id(3), 9)).length, 2)
        t.deepEqual(await writer.contents(null, 9), [X.given.content, Y.given.content].sort())
        t.is((await writer.manifestsAfter(null, 9)).length, 2)
        t.is((await writer.hashes([0, 1, 2, 3, 4, 5, 6])).size, 7)
        t.is((await writer.devices()).length, 1)
        t.is((await writer.orphansAfter('chunk', null, 9)).length, opening - 1)
        await writer.putOrphans([orphan])
      })
      await store.close()
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
