/** `tidemark unlink`, `devices` and `revoke` against a real server: what stays, what goes, and what they end with. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, run, start } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

test('unlink: the files stay, what is ours goes, and the folder can be linked anew', async (t) => {
  const a = await device(t, shared.url, 'unlinker', 'laptop')
  writeFileSync(join(a.folder, 'list.txt'), 'buy milk\n')
  await run(t, ['sync', a.folder], a)
  const told = document(t, await run(t, ['unlink', a.folder, '--json'], a))
  t.like(told, { command: 'unlink', exit: 0, folder: a.folder, workspace: 'notes', kept: [], device: 'not-asked' })
  t.deepEqual(readdirSync(a.folder), ['list.txt'])
  t.is(readFileSync(join(a.folder, 'list.txt'), 'utf8'), 'buy milk\n')
  const again = await run(t, ['unlink', a.folder, '--json'], a)
  t.like(document(t, again), { exit: 1, error: { code: 'not-found' } })
  await run(t, ['link', a.folder, 'notes'], a)
  t.like(document(t, await run(t, ['sync', a.folder, '--json'], a)), {
    exit: 0,
    uploaded: 0,
    downloaded: 0,
    conflicts: [],
  })
})

test('unlink: what lies in the trash is kept and told, and goes only with --remove-trash', async (t) => {
  const a = await device(t, shared.url, 'thrower', 'laptop')
  const b = await device(t, shared.url, 'thrower', 'desk')
  for (const name of ['one.txt', 'two.txt']) writeFileSync(join(a.folder, name), name)
  await run(t, ['sync', a.folder], a)
  await run(t, ['sync', b.folder], b)
  rmSync(join(b.folder, 'one.txt'))
  await run(t, ['sync', b.folder], b)
  await run(t, ['sync', a.folder], a)
  const told = document(t, await run(t, ['unlink', a.folder, '--json'], a))
  const kept = told['kept'] as readonly string[]
  t.is(kept.length, 1)
  t.regex(kept[0] ?? '', /^\.tidemark\/trash\/[0-9a-f]{32}-one\.txt$/)
  t.is(readFileSync(join(a.folder, kept[0] ?? ''), 'utf8'), 'one.txt')
  t.deepEqual(readdirSync(join(a.folder, '.tidemark')), ['trash'])
  await run(t, ['link', a.folder, 'notes'], a)
  const plain = await run(t, ['unlink', a.folder], a)
  t.is(plain.code, 0)
  t.regex(plain.stdout, /1 deleted file kept in .*\.tidemark\/trash/)
  await run(t, ['link', a.folder, 'notes'], a)
  t.like(document(t, await run(t, ['unlink', a.folder, '--remove-trash', '--json'], a)), { exit: 0, kept: [] })
  t.false(existsSync(join(a.folder, '.tidemark')))
  t.deepEqual(readdirSync(a.folder), ['two.txt'])
})

test('unlink: a folder that an engine holds is left alone', async (t) => {
  const a = await device(t, shared.url, 'holder', 'laptop')
  const watching = start(t, ['watch', a.folder, '--json'], a)
  await watching.says('"event":"status"')
  await watching.says('synced')
  t.like(document(t, await run(t, ['unlink', a.folder, '--json'], a)), { exit: 1, error: { code: 'locked' } })
  t.true(existsSync(join(a.folder, '.tidemark/root.json')))
  watching.child.kill('SIGINT')
  t.is((await watching.ended).code, 130)
})

test('unlink --logout: this device is gone from the list, and nobody is logged in here', async (t) => {
  const a = await device(t, shared.url, 'leaver', 'laptop')
  const b = await device(t, shared.url, 'leaver', 'desk')
  t.like(document(t, await run(t, ['unlink', a.folder, '--logout', '--json'], a)), { exit: 0, device: 'ended' })
  t.like(document(t, await run(t, ['devices', '--json'], a)), { exit: 1, error: { code: 'unauthorized' } })
  const { devices } = document(t, await run(t, ['devices', '--json'], b)) as { devices?: { label: string }[] }
  t.deepEqual(
    devices?.map(({ label }) => label),
    ['desk'],
  )
})

test('unlink --logout without a server: the folder is unlinked, and it says that the device still stands there', async (t) => {
  const a = await device(t, shared.url, 'stranded', 'laptop')
  const dead = 'http://127.0.0.1:9/sync'
  const own = join(a.folder, '.tidemark/link.json')
  for (const file of [own, join(a.home, 'logins.json')])
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(shared.url, dead))
  t.like(document(t, await run(t, ['unlink', a.folder, '--logout', '--json'], a)), { exit: 0, device: 'offline' })
  t.false(existsSync(own))
})

test('devices and revoke: by label or id, the revoked one is not let in and loses nothing', async (t) => {
  const a = await device(t, shared.url, 'owner', 'laptop')
  const b = await device(t, shared.url, 'owner', 'desk')
  mkdirSync(join(b.folder, 'sub'))
  writeFileSync(join(b.folder, 'sub/list.txt'), 'mine')
  const listed = document(t, await run(t, ['devices', '--json'], a))
  const devices = listed['devices'] as readonly { device: string; label: string; current: boolean }[]
  t.deepEqual(devices.map(({ label, current }) => [label, current]).sort(), [
    ['desk', false],
    ['laptop', true],
  ])
  t.false(JSON.stringify(listed).includes('token'))
  const plain = await run(t, ['devices'], a)
  t.regex(plain.stdout, /^[0-9a-f]{32} {2}laptop, seen \d{4}-\d\d-\d\d \(this device\)$/m)
  t.like(document(t, await run(t, ['revoke', 'phone', '--json'], a)), { exit: 1, error: { code: 'not-found' } })
  t.like(document(t, await run(t, ['revoke', 'desk', '--json'], a)), { exit: 0, label: 'desk', current: false })
  t.like(document(t, await run(t, ['sync', b.folder, '--json'], b)), { exit: 1, error: { code: 'unauthorized' } })
  t.is(readFileSync(join(b.folder, 'sub/list.txt'), 'utf8'), 'mine')
  const twin = await device(t, shared.url, 'owner', 'laptop')
  const twice = await run(t, ['revoke', 'laptop', '--json'], a)
  t.like(document(t, twice), { exit: 2, error: { code: 'invalid-option', subject: 'laptop' } })
  const mine = devices.find(({ current }) => current)?.device ?? ''
  t.like(document(t, await run(t, ['revoke', mine, '--json'], a)), { exit: 0, current: true })
  t.like(document(t, await run(t, ['devices', '--json'], a)), { exit: 1, error: { code: 'unauthorized' } })
  t.is((await run(t, ['devices', '--json'], twin)).code, 0)
})
