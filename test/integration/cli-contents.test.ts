/** Contents on demand on the command line: `link --hydrate`, `ls`, `bring`, `release`, against a real server and on a real disk. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, run, type RunOptions } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

type Device = RunOptions & { readonly folder: string }

/** One with everything, one that is linked on demand and was synced. */
async function pair(t: ExecutionContext, user: string): Promise<{ readonly all: Device; readonly few: Device }> {
  const all = await device(t, shared.url, user, 'desk')
  const few = await device(t, shared.url, user, 'laptop')
  for (const [path, content] of Object.entries({
    'photos/p.jpg': 'picture',
    'photos/q.jpg': 'another',
    list: 'milk',
  })) {
    mkdirSync(dirname(join(all.folder, path)), { recursive: true })
    writeFileSync(join(all.folder, path), content)
  }
  await run(t, ['sync', all.folder], all)
  const linked = await run(t, ['link', few.folder, 'notes', '--hydrate', 'on-demand'], few)
  t.regex(linked.stdout, /contents on demand/)
  t.is((await run(t, ['sync', few.folder], few)).code, 0)
  return { all, few }
}

test('a folder on demand is listed whole, brings what it is asked for, and lets it go; the other keeps it', async (t) => {
  const { all, few } = await pair(t, 'frugal')
  const here = (path: string): boolean => existsSync(join(few.folder, path))
  t.true(here('photos'))
  t.false(here('photos/p.jpg'))
  const listed = await run(t, ['ls', join(few.folder, 'photos')], few)
  t.is(listed.code, 0)
  t.regex(listed.stdout, /^○ +7 B {2}p\.jpg\n○ +7 B {2}q\.jpg\n$/)
  t.regex((await run(t, ['bring', join(few.folder, 'photos/p.jpg')], few)).stdout, /1 file brought/)
  t.is(readFileSync(join(few.folder, 'photos/p.jpg'), 'utf8'), 'picture')
  t.regex((await run(t, ['ls', join(few.folder, 'photos')], few)).stdout, /^● +7 B {2}p\.jpg\n○/)
  const released = document(t, await run(t, ['release', few.folder, '--json'], few))
  t.like(released, { exit: 0, files: 1, bytes: 7, left: [] })
  t.false(here('photos/p.jpg'))
  for (const one of [few, all]) t.is((await run(t, ['sync', one.folder], one)).code, 0)
  t.is(readFileSync(join(all.folder, 'photos/p.jpg'), 'utf8'), 'picture')
  t.regex((await run(t, ['bring', few.folder], few)).stdout, /3 files brought/)
  t.is(readFileSync(join(few.folder, 'list'), 'utf8'), 'milk')
})

test('what cannot be done is said, with what to do: a folder that keeps all, an edit, a path that nobody knows', async (t) => {
  const { all, few } = await pair(t, 'hasty')
  const kept = await run(t, ['release', join(all.folder, 'list')], all)
  t.not(kept.code, 0)
  t.regex(kept.stderr, /keeps every content/)
  await run(t, ['bring', join(few.folder, 'list')], few)
  writeFileSync(join(few.folder, 'list'), 'milk and bread')
  const edited = await run(t, ['release', join(few.folder, 'list')], few)
  t.not(edited.code, 0)
  t.regex(edited.stderr, /not in step/)
  t.is(readFileSync(join(few.folder, 'list'), 'utf8'), 'milk and bread')
  const unknown = await run(t, ['ls', join(few.folder, 'none')], few)
  t.not(unknown.code, 0)
  t.regex(unknown.stderr, /no directory 'none'/)
  t.is((await run(t, ['link', few.folder, 'notes', '--hydrate', 'some'], few)).code, 2)
  const whole = await run(t, ['link', few.folder, 'notes', '--hydrate', 'all'], few)
  t.notRegex(whole.stdout, /on demand/)
  t.is((await run(t, ['sync', few.folder], few)).code, 0)
  t.is(readFileSync(join(few.folder, 'photos/q.jpg'), 'utf8'), 'another')
})
