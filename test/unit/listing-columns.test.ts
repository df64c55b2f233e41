/** LOCAL-1, LOCAL-12: a listing is the same after its way between two threads, whatever it says. */

import test from 'ava'
import fc from 'fast-check'
import { toColumns, toListing } from '../../adapters/shared/listing-columns.js'
import type { DirectoryEntry, FileId, Listing, Stamp } from '../../src/index.js'

const STAMP: Stamp = { size: 1, mtimeNs: '1', ctimeNs: '0', fileId: null }
const ENTRY: DirectoryEntry = {
  name: 'a',
  validName: true,
  kind: 'file',
  stamp: STAMP,
  executable: false,
  boundary: null,
}

const complete = (...entries: readonly DirectoryEntry[]): Listing => ({ state: 'complete', directory: null, entries })

const ROWS: readonly (readonly [what: string, listing: Listing])[] = [
  ['absent', { state: 'absent' }],
  ['unknown', { state: 'unknown', problem: { path: 'a', code: 'busy', message: 'moved' } }],
  ['no entry', complete()],
  ['no entry, with a file id', { state: 'complete', directory: '1-2' as FileId, entries: [] }],
  ['one entry', complete(ENTRY)],
  ['an empty file id is one', complete({ ...ENTRY, stamp: { ...STAMP, fileId: '' as FileId } })],
  ['an empty name', complete({ ...ENTRY, name: '' })],
]

for (const [what, listing] of ROWS)
  test(`LOCAL-12 a listing that travels is what it was: ${what}`, (t) => {
    t.deepEqual(toListing(structuredClone(toColumns(listing))), listing)
  })

const name = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('/', ''))
const time = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(String)
const entry: fc.Arbitrary<DirectoryEntry> = fc.record({
  name,
  validName: fc.boolean(),
  kind: fc.constantFrom('file', 'directory', 'symlink', 'special', 'unreadable'),
  stamp: fc.record({
    size: fc.maxSafeNat(),
    mtimeNs: time,
    ctimeNs: time,
    fileId: fc.option(name as fc.Arbitrary<FileId>),
  }),
  executable: fc.boolean(),
  boundary: fc.constantFrom(null, 'mount', 'nested-root'),
})

test('LOCAL-12 a listing that travels is what it was: any', (t) => {
  fc.assert(
    fc.property(fc.option(name as fc.Arbitrary<FileId>), fc.array(entry), (directory, entries) => {
      const listing: Listing = { state: 'complete', directory, entries }
      t.deepEqual(toListing(structuredClone(toColumns(listing))), listing)
    }),
    { seed: 1 },
  )
})
