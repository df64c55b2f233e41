/** What a folder wants, which way it goes, and what a server grants: flags of the command line, against a real server. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, place, run, type RunOptions, start } from './cli-world.js'

test.before(startShared)

test.after.always(stopShared)

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
  }
}

async function settings(
  t: ExecutionContext,
  as: RunOptions & { readonly folder: string },
  ...flags: string[]
): Promise<unknown> {
  return document(t, await run(t, ['link', as.folder, 'notes', ...flags, '--json'], as))['settings']
}

const NONE = { mode: 'two-way', hydrate: 'all', exclude: [], ignore: [] }

test('what is excluded or ignored is neither sent nor fetched, and comes once it is wanted again', async (t) => {
  const a = await device(t, shared.url, 'chooser', 'laptop')
  const b = await device(t, shared.url, 'chooser', 'desk')
  write(a.folder, { 'Photos/p.jpg': 'picture', 'doc/d.txt': 'text', 'a.log': 'lines', 'tmp/t': 'scratch' })
  t.deepEqual(await settings(t, a, '--exclude', './Photos/', '--ignore', '*.log', 'tmp/'), {
    mode: 'two-way',
    hydrate: 'all',
    exclude: ['Photos'],
    ignore: ['*.log', 'tmp/'],
  })
  await run(t, ['sync', a.folder], a)
  await run(t, ['sync', b.folder], b)
  t.true(existsSync(join(b.folder, 'doc/d.txt')))
  for (const path of ['Photos', 'a.log', 'tmp']) t.false(existsSync(join(b.folder, path)), path)
  const why = document(t, await run(t, ['why', join(a.folder, 'Photos/p.jpg'), '--json'], a))
  t.deepEqual(
    (why['reasons'] as { code: string }[]).map(({ code }) => code),
    ['not-started', 'excluded'],
  )
  const said = await run(t, ['status', a.folder], a)
  t.regex(said.stdout, /\n {2}without Photos; ignoring \*\.log tmp\/\n/)
  t.deepEqual(await settings(t, a, '--no-exclude'), { ...NONE, ignore: ['*.log', 'tmp/'] })
  t.deepEqual(await settings(t, a, '--no-ignore'), NONE)
  await run(t, ['sync', a.folder], a)
  await run(t, ['sync', b.folder], b)
  for (const path of ['Photos/p.jpg', 'a.log', 'tmp/t']) t.true(existsSync(join(b.folder, path)), path)
})

test('a device that leaves a directory out deletes it nowhere', async (t) => {
  const a = await device(t, shared.url, 'leaver', 'laptop')
  const b = await device(t, shared.url, 'leaver', 'desk')
  write(a.folder, { 'big/one': '1', 'big/two': '2' })
  await run(t, ['sync', a.folder], a)
  await run(t, ['sync', b.folder], b)
  await settings(t, b, '--exclude', 'big')
  write(a.folder, { 'big/one': 'edited' })
  for (const at of [a, b]) t.is((await run(t, ['sync', at.folder], at)).code, 0)
  t.is(readFileSync(join(a.folder, 'big/one'), 'utf8'), 'edited')
  await settings(t, b, '--no-exclude')
  t.is(
    (await run(t, ['sync', b.folder], b)).code,
    3,
    'what stood there meanwhile is united with the edit: both are kept',
  )
  for (const at of [b, a]) await run(t, ['sync', at.folder], at)
  for (const at of [a, b]) {
    const found = readdirSync(join(at.folder, 'big')).map((name) => readFileSync(join(at.folder, 'big', name), 'utf8'))
    t.deepEqual(found.sort(), ['1', '2', 'edited'])
    t.is(readFileSync(join(at.folder, 'big/one'), 'utf8'), 'edited')
  }
})

for (const { mode, there, here } of [
  { mode: 'upload-only', there: 'from the laptop', here: undefined },
  { mode: 'read-only', there: undefined, here: 'from the desk' },
] as const) {
  test(`${mode}: what goes which way`, async (t) => {
    const a = await device(t, shared.url, mode, 'laptop')
    const b = await device(t, shared.url, mode, 'desk')
    t.like(await settings(t, a, '--mode', mode), { mode })
    write(a.folder, { mine: 'from the laptop' })
    write(b.folder, { yours: 'from the desk' })
    for (const at of [b, a, b]) await run(t, ['sync', at.folder], at)
    const read = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined)
    t.is(read(join(b.folder, 'mine')), there)
    t.is(read(join(a.folder, 'yours')), here)
    t.deepEqual(await settings(t, a, '--mode', 'two-way'), NONE)
    for (const at of [a, b, a]) await run(t, ['sync', at.folder], at)
    for (const at of [a, b])
      t.deepEqual([read(join(at.folder, 'mine')), read(join(at.folder, 'yours'))], ['from the laptop', 'from the desk'])
  })
}

test('what a folder cannot want is refused by its flag, and nothing of it is kept', async (t) => {
  const a = await device(t, shared.url, 'refused', 'laptop')
  const link = join(a.folder, '.tidemark', 'link.json')
  const before = readFileSync(link, 'utf8')
  for (const [flag, value] of [
    ['--exclude', '../elsewhere'],
    ['--exclude', '.tidemark'],
    ['--ignore', 'two\nlines'],
  ] as const) {
    const refused = await run(t, ['link', a.folder, 'notes', flag, value], a)
    t.is(refused.code, 2, value)
    t.regex(refused.stderr, new RegExp(`^✘ ${flag} takes .*\\(invalid-option\\)\\n`))
    t.is(readFileSync(link, 'utf8'), before)
  }
})

test('settings changed beside a running watch say that it has to be started again', async (t) => {
  const a = await device(t, shared.url, 'watcher', 'laptop')
  const live = start(t, ['watch', a.folder], a)
  await live.says('in step')
  const changed = await run(t, ['link', a.folder, 'notes', '--exclude', 'big'], a)
  t.regex(changed.stdout, /next: end the 'tidemark watch' that runs and start it again/)
  live.child.kill('SIGINT')
  await live.ended
})

test('a link of an older version, without settings, wants everything both ways', async (t) => {
  const a = await device(t, shared.url, 'elder', 'laptop')
  const link = join(a.folder, '.tidemark', 'link.json')
  const { settings: _none, ...older } = JSON.parse(readFileSync(link, 'utf8')) as Record<string, unknown>
  writeFileSync(link, JSON.stringify(older))
  t.deepEqual(await settings(t, a), NONE)
  t.is((await run(t, ['sync', a.folder], a)).code, 0)
})

test('serve takes quotas by flags: what does not fit is a problem of its file, the rest goes up', async (t) => {
  const directory = place(t)
  const server = start(t, [
    ...['serve', '--port', '0', '--json', '--data', join(directory, 'data')],
    ...['--quota-mib', '1', '--quota-nodes', '3', '--retention-days', '5'],
  ])
  const { url } = JSON.parse(await server.says('\n')) as { url: string }
  const a = await device(t, url, 'bounded', 'laptop')
  write(a.folder, { small: 's' })
  t.is((await run(t, ['sync', a.folder], a)).code, 0)
  writeFileSync(
    join(a.folder, 'large'),
    Buffer.alloc(3 * 1024 * 1024, 'no two parts of it are alike? they are, after all'),
  )
  writeFileSync(join(a.folder, 'second'), 's')
  writeFileSync(join(a.folder, 'third'), 't')
  writeFileSync(join(a.folder, 'fourth'), 'f')
  const full = document(t, await run(t, ['sync', a.folder, '--json'], a))
  t.is(full['exit'], 3)
  const problems = full['problems'] as { code: string }[]
  t.true(problems.length >= 1)
  t.true(
    problems.every(({ code }) => code === 'quota'),
    JSON.stringify(problems),
  )
})
