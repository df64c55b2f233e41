/** The live command, and what ends it: events, signals, what a process that was killed leaves. */

import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, place, run, silentServer, start } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

test('watch: JSON lines, live both ways, status beside it, one engine per folder, 130 at Ctrl-C', async (t) => {
  const a = await device(t, shared.url, 'watcher', 'laptop')
  const b = await device(t, shared.url, 'watcher', 'desk')
  const live = start(t, ['watch', a.folder, '--json'], a)
  await live.says('"state":"synced"')
  writeFileSync(join(b.folder, 'from-desk.txt'), 'hello')
  await run(t, ['sync', b.folder], b)
  await live.says('"path":"from-desk.txt"')
  t.is(readFileSync(join(a.folder, 'from-desk.txt'), 'utf8'), 'hello')
  const beside = document(t, await run(t, ['status', a.folder, '--json'], a))
  t.like(beside, { exit: 0, watchedBy: live.child.pid, reached: 'yes' })
  const second = await run(t, ['sync', a.folder], a)
  t.is(second.code, 1)
  t.regex(second.stderr, /\(locked\)/)
  live.child.kill('SIGINT')
  const { code, stdout, stderr } = await live.ended
  t.is(code, 130, stderr)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { event: string }).event)
  t.deepEqual([...new Set(events)].sort(), ['change', 'progress', 'ready', 'status'])
  t.like(document(t, await run(t, ['status', a.folder, '--json'], a)), { watchedBy: null, inStep: true })
})

test('SIGTERM ends watch in good order, with 0', async (t) => {
  const a = await device(t, shared.url, 'gentle', 'laptop')
  const live = start(t, ['watch', a.folder], a)
  await live.says('in step')
  live.child.kill('SIGTERM')
  t.is((await live.ended).code, 0)
})

test('INV-09 what a watch that was killed had half written goes with the next one; what another writes stays', async (t) => {
  const a = await device(t, shared.url, 'killed', 'laptop')
  const own = join(a.folder, '.tidemark')
  const { pid } = spawnSync(process.execPath, ['--eval', '0'])
  const [dead, alive] = [`watch.json.${pid}.new`, `watch.json.${process.pid}.new`]
  for (const name of [dead, alive]) writeFileSync(join(own, name), '{"format":"tidemark-w')
  const live = start(t, ['watch', a.folder], a)
  await live.says('in step')
  live.child.kill('SIGTERM')
  t.is((await live.ended).code, 0)
  t.deepEqual(
    readdirSync(own).filter((name) => name.endsWith('.new')),
    [alive],
  )
})

test('Ctrl-C while the server does not answer: 130, and the folder is free again', async (t) => {
  const a = await device(t, shared.url, 'patient', 'laptop')
  const { url, asked } = await silentServer(t)
  for (const file of [join(a.home, 'logins.json'), join(a.folder, '.tidemark', 'link.json')]) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(shared.url, url))
  }
  const stuck = start(t, ['sync', a.folder, '--json'], a)
  await asked
  stuck.child.kill('SIGINT')
  const said = await stuck.ended
  t.is(said.code, 130, said.stderr)
  t.deepEqual(document(t, said), { command: 'sync', exit: 130, interrupted: true })
  const other = start(t, ['watch', a.folder], a)
  await other.says('Watching')
  other.child.kill('SIGINT')
  t.is((await other.ended).code, 130)
})

test('serve: one server per directory; Ctrl-C ends it with 130', async (t) => {
  const data = join(place(t), 'data')
  const first = start(t, ['serve', '--port', '0', '--data', data, '--json'])
  await first.says('"event":"ready"')
  const second = document(t, await run(t, ['serve', '--port', '0', '--data', data, '--json']))
  t.like(second, { command: 'serve', exit: 1, error: { code: 'locked' } })
  first.child.kill('SIGINT')
  const { code, stdout } = await first.ended
  t.is(code, 130)
  t.regex(stdout, /"event":"stopped"/)
})
