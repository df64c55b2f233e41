/** The comparison that other proofs rest on: it finds every kind of difference, and nothing in equal trees. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { compareTrees } from '../tree-comparison.js'

const LARGE = Buffer.alloc(600_000, 7)

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
    for (const file of ['deep/deeper/file', 'empty', 'large', 'tool']) utimesSync(join(root, file), 1_000, 1_000.25)
  }
  return { left, right, remove: () => rmSync(directory, { recursive: true }) }
}

test('equal trees have no difference, and everything is counted', (t) => {
  const { left, right, remove } = twoTrees()
  t.teardown(remove)
  t.deepEqual(
    { ...compareTrees(left, right) },
    { differences: [], files: 4, directories: 3, bytes: LARGE.length + 'content'.length + '#!'.length },
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
