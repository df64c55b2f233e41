/** The comparison that other proofs rest on: it finds every kind of difference, and nothing in equal trees. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { Volume } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { compareTrees } from '../tree-comparison.js'
import { volumeSource } from '../tree-source.js'

const LARGE = Buffer.alloc(600_000, 7)

const FILES = ['deep/deeper/file', 'empty', 'large', 'tool']

/** Two equal trees with one of everything. */
function twoTrees(): { left: string; right: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-comparison-'))
  const [left, right] = [join(directory, 'left'), join(directory, 'right')]
  for (const root of [left, right]) {
    mkdirSync(join(root, 'deep/deeper'), { recursive: true })
    mkdirSync(join(root, 'nothing in it'))
    mkdirSync(join(root, '.tidemark', root === left ? 'one' : 'other'), { recursive: true })
    writeFileSync(join(root, 'deep/deeper/file'), 'content')
    writeFileSync(join(root, 'empty'), '')
    writeFileSync(join(root, 'large'), LARGE)
    writeFileSync(join(root, 'tool'), '#!', { mode: 0o755 })
    writeFileSync(join(root, 'caf\u00e9'), 'e')
    for (const file of FILES) utimesSync(join(root, file), 1_000, 1_000.25)
    utimesSync(join(root, 'caf\u00e9'), '-1000', '-1000.25')
  }
  return { left, right, remove: () => rmSync(directory, { recursive: true }) }
}

test('equal trees have no difference, and everything is counted', (t) => {
  const { left, right, remove } = twoTrees()
  t.teardown(remove)
  t.deepEqual(
    { ...compareTrees(left, right) },
    { differences: [], files: 5, directories: 3, bytes: LARGE.length + 'content'.length + '#!'.length + 1 },
  )
})

const changes: readonly [string, (root: string) => void, string][] = [
  ['a file more', (root) => writeFileSync(join(root, 'deep/more'), ''), 'deep/more: only on the right'],
  ['a file less', (root) => rmSync(join(root, 'empty')), 'empty: only on the left'],
  ['an empty directory more', (root) => mkdirSync(join(root, 'deep/void')), 'deep/void: only on the right'],
  [
    'an empty directory less',
    (root) => rmSync(join(root, 'nothing in it'), { recursive: true }),
    'nothing in it: only on the left',
  ],
  [
    'our own directory, but deeper',
    (root) => mkdirSync(join(root, 'deep/.tidemark')),
    'deep/.tidemark: only on the right',
  ],
  [
    'another kind',
    (root) => (rmSync(join(root, 'empty')), mkdirSync(join(root, 'empty'))),
    'empty: file on the left, directory on the right',
  ],
  [
    'a symlink in place of a file',
    (root) => (rmSync(join(root, 'empty')), symlinkSync('tool', join(root, 'empty'))),
    'empty: file on the left, symlink on the right',
  ],
  ['a length', (root) => rewrite(join(root, 'deep/deeper/file'), 'contents'), 'deep/deeper/file: 7 bytes, 8 bytes'],
  [
    'one byte',
    (root) => rewrite(join(root, 'deep/deeper/file'), 'contend'),
    'deep/deeper/file: contents differ at byte 6',
  ],
  [
    'one byte beyond a buffer',
    (root) => rewrite(join(root, 'large'), lastByteOff()),
    'large: contents differ at byte 599999',
  ],
  [
    'a millisecond',
    (root) => utimesSync(join(root, 'tool'), 1_000, 1_000.2515),
    'tool: modified at 1000250, at 1000251',
  ],
  [
    'a fraction of a millisecond that passes midnight of 1970 downwards',
    (root) => utimesSync(join(root, 'caf\u00e9'), '-1000', '-1000.2505'),
    'caf\u00e9: modified at -1000250, at -1000251',
  ],
  ['a file emptied', (root) => rewrite(join(root, 'tool'), ''), 'tool: 2 bytes, 0 bytes'],
  ['an empty file filled', (root) => rewrite(join(root, 'empty'), 'x'), 'empty: 0 bytes, 1 bytes'],
  [
    'a directory that is not empty any more',
    (root) => writeFileSync(join(root, 'nothing in it/now'), ''),
    'nothing in it/now: only on the right',
  ],
  ['the executable bit lost', (root) => chmodSync(join(root, 'tool'), 0o644), 'tool: executable on the left only'],
  ['the executable bit gained', (root) => chmodSync(join(root, 'large'), 0o755), 'large: executable on the right only'],
]

function rewrite(path: string, content: string | Buffer): void {
  writeFileSync(path, content)
  utimesSync(path, 1_000, 1_000.25)
}

function lastByteOff(): Buffer {
  const bytes = Buffer.from(LARGE)
  bytes[bytes.length - 1] = 8
  return bytes
}

for (const [title, change, difference] of changes) {
  test(`a difference is found: ${title}`, (t) => {
    const { left, right, remove } = twoTrees()
    t.teardown(remove)
    change(right)
    t.deepEqual([...compareTrees(left, right).differences], [difference])
  })
}

test('names are compared byte for byte: case, Unicode form, trailing space, bytes that are no text', (t) => {
  const { left, right, remove } = twoTrees()
  t.teardown(remove)
  const pairs: readonly (readonly [string | Buffer, string | Buffer])[] = [
    ['Case', 'case'],
    ['nai\u0308f', 'na\u00eff'],
    ['space', 'space '],
    [Buffer.from([0xff, 0x61]), Buffer.from([0xfe, 0x61])],
  ]
  for (const [ours, theirs] of pairs) {
    writeFileSync(Buffer.concat([Buffer.from(`${left}/`), Buffer.from(ours)]), '')
    writeFileSync(Buffer.concat([Buffer.from(`${right}/`), Buffer.from(theirs)]), '')
  }
  const { differences } = compareTrees(left, right)
  t.deepEqual(differences.filter((line) => line.endsWith('left')).length, pairs.length)
  t.deepEqual(differences.filter((line) => line.endsWith('right')).length, pairs.length)
})

test('symlinks are compared by their target, never followed', (t) => {
  const { left, right, remove } = twoTrees()
  t.teardown(remove)
  symlinkSync('tool', join(left, 'link'))
  symlinkSync('large', join(right, 'link'))
  t.deepEqual([...compareTrees(left, right).differences], ['link: another target'])
})

test('a tree in memory is compared with one on a real disk', async (t) => {
  const { left, remove } = twoTrees()
  t.teardown(remove)
  const volume = Volume.fromJSON({ '/root/deep/deeper/file': 'content', '/root/empty': '', '/root/tool': '#!' })
  volume.mkdirSync('/root/nothing in it')
  volume.writeFileSync('/root/large', LARGE)
  volume.writeFileSync('/root/caf\u00e9', 'e')
  volume.chmodSync('/root/tool', 0o755)
  const disk = memfsDisk(volume)
  for (const file of FILES) await disk.utimes(`/root/${file}`, 0, 1_000_250)
  await disk.utimes('/root/caf\u00e9', 0, -1_000_250)
  t.deepEqual([...compareTrees(left, volumeSource(volume, '/root')).differences], [])
  volume.writeFileSync('/root/tool', '##')
  await disk.utimes('/root/tool', 0, 1_000_250)
  t.deepEqual([...compareTrees(left, volumeSource(volume, '/root')).differences], ['tool: contents differ at byte 1'])
})
