/** `tidemark why` against a real server. */

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, place, run, start } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

test('why names what stands in the way of a path, from inside the folder, and says so when nothing does', async (t) => {
  const a = await device(t, shared.url, 'curious', 'laptop')
  mkdirSync(join(a.folder, 'notes'))
  const file = join(a.folder, 'notes', 'list.txt')
  writeFileSync(file, 'buy milk')
  const waiting = document(t, await run(t, ['why', file, '--json'], a))
  t.like(waiting, { command: 'why', exit: 0, path: 'notes/list.txt', workspace: 'notes' })
  t.deepEqual(
    (waiting['reasons'] as { code: string }[]).map(({ code }) => code),
    ['not-started', 'upload'],
  )
  await run(t, ['sync', a.folder], a)
  const inStep = await run(t, ['why', file], a)
  t.is(inStep.code, 0)
  t.is(inStep.stdout, '✔ Both sides agree on it. (synced)\n')
  symlinkSync('list.txt', join(a.folder, 'notes', 'link'))
  const trouble = await run(t, ['why', join(a.folder, 'notes', 'link')], a)
  t.is(trouble.code, 3)
  t.regex(trouble.stdout, /^! .*\(symlink\)\n/)
  const live = start(t, ['watch', a.folder, '--json'], a)
  await live.says('"code":"symlink"')
  const beside = document(t, await run(t, ['why', join(a.folder, 'notes', 'link'), '--json'], a))
  t.like(beside, { exit: 3, watchedBy: live.child.pid })
  const stray = await run(t, ['why', place(t)], a)
  t.is(stray.code, 1)
  t.regex(stray.stderr, /\(not-found\)/)
})
