/** History, restore, conflicts and resolve on the command line, against a real server. */

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, run } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

test('history and restore: a deleted file, an earlier revision, what is not deleted; JSON and exit codes', async (t) => {
  const a = await device(t, shared.url, 'archivist', 'laptop')
  const file = join(a.folder, 'list.txt')
  writeFileSync(join(a.folder, 'kept.txt'), 'kept')
  writeFileSync(file, 'first')
  await run(t, ['sync', a.folder], a)
  writeFileSync(file, 'second, longer')
  await run(t, ['sync', a.folder], a)
  const edited = document(t, await run(t, ['history', file, '--json'], a))
  t.like(edited, { command: 'history', exit: 0, path: 'list.txt', workspace: 'notes' })
  const entries = edited['entries'] as { sequence: number; state: string; path: string }[]
  t.deepEqual(
    entries.map(({ state, path }) => `${state} ${path}`),
    ['current list.txt', 'superseded list.txt'],
  )
  const live = await run(t, ['restore', file], a)
  t.is(live.code, 1)
  t.regex(live.stderr, /\(invalid\)\n {2}Give the sequence/)
  const first = String(entries[1]?.sequence)
  const back = document(t, await run(t, ['restore', file, '--sequence', first, '--json'], a))
  t.like(back, { command: 'restore', exit: 0, path: 'list.txt', restored: 1, left: [], guards: [], problems: [] })
  t.is(readFileSync(file, 'utf8'), 'first')
  rmSync(file)
  const restored = await run(t, ['restore', file], a)
  t.is(restored.code, 0, restored.stderr)
  t.is(restored.stdout, '✔ list.txt: 1 revision made\n')
  t.is(readFileSync(file, 'utf8'), 'first')
  const plain = await run(t, ['history', file, '--limit', '2'], a)
  t.regex(plain.stdout, /^ +\d+ {2}current {5}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +5 B {2}list\.txt\n +\d+ {2}deleted /)
  t.is(plain.stdout.trimEnd().split('\n').length, 2)
  const nothing = await run(t, ['history', join(a.folder, 'nothing.txt')], a)
  t.deepEqual([nothing.code, nothing.stdout], [0, 'Nothing is kept of nothing.txt.\n'])
  t.is((await run(t, ['history', a.folder], a)).code, 1, 'the folder itself has no history')
})

test('conflicts and resolve: listed with exit code 3, answered one by one and all together', async (t) => {
  const a = await device(t, shared.url, 'arbiter', 'laptop')
  const b = await device(t, shared.url, 'arbiter', 'desk')
  for (const name of ['one', 'two', 'three']) {
    writeFileSync(join(a.folder, name), 'from the laptop')
    writeFileSync(join(b.folder, name), 'from the desk')
  }
  await run(t, ['sync', a.folder], a)
  await run(t, ['sync', b.folder], b)
  const listed = document(t, await run(t, ['conflicts', b.folder, '--json'], b))
  t.like(listed, { command: 'conflicts', exit: 3 })
  const conflicts = listed['conflicts'] as { copy: string; path: string; mine: { size: number } }[]
  t.deepEqual(
    conflicts.map(({ path, mine }) => [path, mine.size]),
    [
      ['one', 13],
      ['three', 13],
      ['two', 13],
    ],
  )
  const plain = await run(t, ['conflicts', b.folder], b)
  t.is(plain.code, 3)
  t.regex(plain.stdout, /^! one \(conflicted copy desk [0-9a-f]{6}\) {2}13 B\n {2}beside one {2}15 B\n/)
  const copy = join(b.folder, conflicts[0]?.copy ?? '')
  const answered = document(t, await run(t, ['resolve', copy, 'mine', '--json'], b))
  t.like(answered, { command: 'resolve', exit: 0, choice: 'mine', left: [] })
  t.is(readFileSync(join(b.folder, 'one'), 'utf8'), 'from the desk')
  t.false(existsSync(copy))
  t.is((await run(t, ['resolve', join(b.folder, 'one'), 'mine'], b)).code, 1, 'no conflict copy')
  const all = await run(t, ['resolve', b.folder, 'theirs', '--all'], b)
  t.is(all.code, 0, all.stderr)
  t.regex(all.stdout, /2 conflicts answered, 0 left\n$/)
  t.is(readFileSync(join(b.folder, 'two'), 'utf8'), 'from the laptop')
  t.deepEqual((await run(t, ['conflicts', b.folder], b)).stdout, 'No conflicts.\n')
  await run(t, ['sync', a.folder], a)
  t.is(readFileSync(join(a.folder, 'one'), 'utf8'), 'from the desk')
  t.is((await run(t, ['conflicts', a.folder], a)).code, 0)
})
