/** The commands of the command line, their exit codes and what they say, against a real server. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { shared, startShared, stopShared } from './cli-server.js'
import { device, document, PASSWORD, place, run } from './cli-world.js'
import { FAILURES, USAGE } from './cli.table.js'

test.before(startShared)

test.after.always(stopShared)

function visible(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.tidemark'))
    .sort()
}

// ---- exit codes

test('exit code 2: what cannot be understood, said with the next step', async (t) => {
  await Promise.all(
    USAGE.map(async ([title, args], index) => {
      const plain = await run(t, args)
      t.is(plain.code, 2, title)
      t.is(plain.stdout, '', title)
      t.regex(plain.stderr, args.length === 0 ? /^Usage: tidemark / : /tidemark( \w+)? --help/, title)
      if (args.length === 0 || index > 2) return
      const told = await run(t, [...args, '--json'])
      t.is(told.code, 2, title)
      t.like(document(t, told), { exit: 2, error: { code: 'usage', subject: null } }, title)
    }),
  )
})

test('exit code 0: help, on stdout, with all commands and exit codes', async (t) => {
  const { code, stdout } = await run(t, ['--help'])
  t.is(code, 0)
  for (const name of [
    'serve',
    'register',
    'login',
    'devices',
    'revoke',
    'link',
    'unlink',
    'sync',
    'watch',
    'status',
    'plan',
    'why',
    'history',
    'restore',
    'conflicts',
    'resolve',
  ])
    t.regex(stdout, new RegExp(`^  ${name} `, 'm'))
  for (const exit of [0, 1, 2, 3, 4, 130]) t.regex(stdout, new RegExp(`^  ${exit}  `, 'm'))
})

test('failures name their code, the offending thing and the next step, and show no stack', async (t) => {
  await Promise.all(
    FAILURES.map(async ([title, exit, code, args, input = ''], index) => {
      const plain = await run(t, args, { input })
      t.is(plain.code, exit, `${title}: ${plain.stderr}`)
      t.is(plain.stdout, '', title)
      t.regex(plain.stderr, new RegExp(`^✘ .*\\(${code}\\)\\n  \\S`), title)
      t.notRegex(plain.stderr, /^\s+at |\u001b/m, title)
      if (index % 3 > 0) return
      const told = document(t, await run(t, [...args, '--json'], { input }))
      t.like(told, { command: args[0], exit, error: { code } }, title)
      t.is(typeof (told['error'] as { next: unknown }).next, 'string', title)
    }),
  )
})

test('a wrong password is refused; the right one is kept nowhere, the token for its owner only', async (t) => {
  const home = join(place(t), 'home')
  const server = ['--server', shared.url, '--password-stdin']
  const made = document(t, await run(t, ['register', 'secret', ...server, '--json'], { home, input: `${PASSWORD}\n` }))
  t.like(made, { command: 'register', exit: 0, server: shared.url, user: 'secret' })
  const wrong = await run(t, ['login', 'secret', ...server], { home, input: 'five loud crows at dawn\n' })
  t.is(wrong.code, 1)
  t.regex(wrong.stderr, /\(unauthorized\)/)
  const file = join(home, 'logins.json')
  t.is(statSync(file).mode & 0o777, 0o600)
  const kept = readFileSync(file, 'utf8')
  t.false(kept.includes(PASSWORD))
  const given = await run(t, ['login', 'secret', '--server', shared.url], {
    home,
    env: { TIDEMARK_PASSWORD: PASSWORD },
  })
  t.is(given.code, 0, given.stderr)
  t.not(readFileSync(file, 'utf8'), kept)
})

// ---- one folder

test('sync: up, down, nothing to do in one request; each one JSON document', async (t) => {
  const a = await device(t, shared.url, 'twofold', 'laptop')
  const b = await device(t, shared.url, 'twofold', 'desk')
  writeFileSync(join(a.folder, 'list.txt'), 'buy milk\n')
  t.like(document(t, await run(t, ['sync', a.folder, '--json'], a)), {
    command: 'sync',
    exit: 0,
    uploaded: 1,
    downloaded: 0,
  })
  t.like(document(t, await run(t, ['sync', b.folder, '--json'], b)), { exit: 0, uploaded: 0, downloaded: 1 })
  t.is(readFileSync(join(b.folder, 'list.txt'), 'utf8'), 'buy milk\n')
  const again = document(t, await run(t, ['sync', b.folder, '--json'], b))
  t.like(again, {
    exit: 0,
    workspace: 'notes',
    uploaded: 0,
    downloaded: 0,
    requests: 1,
    conflicts: [],
    problems: [],
    guards: [],
  })
  const plain = await run(t, ['sync', b.folder], b)
  t.is(plain.code, 0)
  t.regex(plain.stdout, /^✔ nothing to do, at 1\n/)
  t.false(plain.stdout.includes('\u001b'))
})

test('plan tells what would be done on either side, and does nothing', async (t) => {
  const a = await device(t, shared.url, 'planner', 'laptop')
  const b = await device(t, shared.url, 'planner', 'desk')
  writeFileSync(join(a.folder, 'there.txt'), 'made on the laptop')
  await run(t, ['sync', a.folder], a)
  writeFileSync(join(b.folder, 'here.txt'), 'made on the desk')
  const plan = document(t, await run(t, ['plan', b.folder, '--json'], b))
  t.like(plan, { command: 'plan', exit: 0, guards: [] })
  t.deepEqual(plan['steps'], [
    { where: 'server', what: 'create', from: null, to: 'here.txt' },
    { where: 'here', what: 'create', from: null, to: 'there.txt' },
  ])
  const plain = await run(t, ['plan', b.folder], b)
  t.regex(plain.stdout, /↑ \+ here\.txt\n↓ \+ there\.txt\n1 change up, 1 down\. Nothing was changed\.\n/)
  t.deepEqual(visible(b.folder), ['here.txt'])
  const stepsOf = async (side: typeof a): Promise<unknown> =>
    document(t, await run(t, ['plan', side.folder, '--json'], side))['steps']
  mkdirSync(join(a.folder, 'notes'))
  renameSync(join(a.folder, 'there.txt'), join(a.folder, 'notes', 'moved.txt'))
  t.deepEqual(await stepsOf(a), [
    { where: 'server', what: 'create', from: null, to: 'notes' },
    { where: 'server', what: 'move', from: 'there.txt', to: 'notes/moved.txt' },
  ])
  renameSync(join(a.folder, 'notes', 'moved.txt'), join(a.folder, 'there.txt'))
  rmSync(join(a.folder, 'notes'), { recursive: true })
  t.like(document(t, await run(t, ['sync', a.folder, '--json'], a)), { uploaded: 0, downloaded: 0 })
  await run(t, ['sync', b.folder], b)
  renameSync(join(a.folder, 'there.txt'), join(a.folder, 'moved.txt'))
  await run(t, ['sync', a.folder], a)
  t.deepEqual(await stepsOf(b), [{ where: 'here', what: 'move', from: 'there.txt', to: 'moved.txt' }])
})

test('exit code 3: problems, and conflicts with both contents kept', async (t) => {
  const a = await device(t, shared.url, 'quarrel', 'laptop')
  const b = await device(t, shared.url, 'quarrel', 'desk')
  writeFileSync(join(a.folder, 'list.txt'), 'from the laptop')
  writeFileSync(join(b.folder, 'list.txt'), 'from the desk')
  await run(t, ['sync', a.folder], a)
  const both = document(t, await run(t, ['sync', b.folder, '--json'], b))
  const conflicts = both['conflicts'] as { path: string; copy: string }[]
  t.is(both['exit'], 3)
  t.deepEqual(
    conflicts.map(({ path }) => path),
    ['list.txt'],
  )
  const copy = conflicts[0]?.copy ?? ''
  t.regex(copy, /^list \(conflicted copy desk [0-9a-f]{6}\)\.txt$/)
  t.is(readFileSync(join(b.folder, 'list.txt'), 'utf8'), 'from the laptop')
  t.is(readFileSync(join(b.folder, copy), 'utf8'), 'from the desk')
  symlinkSync('list.txt', join(a.folder, 'link'))
  const trouble = await run(t, ['sync', a.folder], a)
  t.is(trouble.code, 3)
  t.regex(trouble.stdout, /^! link: /m)
  t.like(document(t, await run(t, ['status', a.folder, '--json'], a)), {
    exit: 3,
    inStep: false,
    problems: [{ path: 'link', code: 'symlink' }],
  })
})

test('exit code 4: a guard holds back the deletes until it is answered', async (t) => {
  const a = await device(t, shared.url, 'careless', 'laptop')
  for (let index = 0; index < 12; index++) writeFileSync(join(a.folder, `${index}.txt`), `file ${index}`)
  t.is((await run(t, ['sync', a.folder], a)).code, 0)
  for (let index = 0; index < 11; index++) rmSync(join(a.folder, `${index}.txt`))
  const held = document(t, await run(t, ['sync', a.folder, '--json'], a))
  const guards = held['guards'] as { id: string; deletes: number; of: number }[]
  t.is(held['exit'], 4)
  t.like(guards[0], { deletes: 11, of: 12 })
  const plain = await run(t, ['sync', a.folder], a)
  t.is(plain.code, 4)
  t.true(plain.stdout.includes(`--confirm ${guards[0]?.id}`), plain.stdout)
  t.is((await run(t, ['plan', a.folder], a)).code, 4)
  t.is((await run(t, ['sync', a.folder, '--confirm', 'something-else'], a)).code, 1)
  t.is((await run(t, ['sync', a.folder, '--decline', guards[0]?.id ?? ''], a)).code, 0)
  t.is(visible(a.folder).length, 12)
  for (let index = 0; index < 11; index++) rmSync(join(a.folder, `${index}.txt`))
  t.is((await run(t, ['sync', a.folder, '--confirm', guards[0]?.id ?? ''], a)).code, 0)
  t.deepEqual(visible(a.folder), ['11.txt'])
  t.like(document(t, await run(t, ['status', a.folder, '--json'], a)), { exit: 0, inStep: true, guards: [] })
})

test('a folder belongs to one workspace; saying it again is fine', async (t) => {
  const a = await device(t, shared.url, 'faithful', 'laptop')
  t.like(document(t, await run(t, ['link', a.folder, 'notes', '--json'], a)), {
    exit: 0,
    new: false,
    workspace: 'notes',
  })
  const other = await run(t, ['link', a.folder, 'other'], a)
  t.is(other.code, 1)
  t.regex(other.stderr, /\(exists\)/)
  t.is((await run(t, ['link', a.folder, ''], a)).code, 2)
})

// ---- without a server

test('status works without the server and says only what is known', async (t) => {
  const a = await device(t, shared.url, 'hermit', 'laptop')
  writeFileSync(join(a.folder, 'list.txt'), 'buy milk')
  t.like(document(t, await run(t, ['status', a.folder, '--json'], a)), {
    exit: 0,
    reached: 'yes',
    inStep: false,
    pending: 1,
    steps: 1,
  })
  await run(t, ['sync', a.folder], a)
  // The same folder, its server gone: everything the login and the link know of it is another address.
  const moved = 'http://127.0.0.1:9/sync'
  for (const file of [join(a.home, 'logins.json'), join(a.folder, '.tidemark', 'link.json')]) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(shared.url, moved))
  }
  const quiet = document(t, await run(t, ['status', a.folder, '--json'], a))
  t.like(quiet, { exit: 0, reached: 'offline', inStep: null, pending: 0, steps: null, known: { sequence: 1 } })
  writeFileSync(join(a.folder, 'more.txt'), 'buy bread')
  const waiting = await run(t, ['status', a.folder], a)
  t.is(waiting.code, 0)
  t.regex(waiting.stdout, /^! the server cannot be reached: known up to 1, 1 change waiting here\n/)
  const failed = await run(t, ['sync', a.folder], a)
  t.is(failed.code, 1)
  t.true(failed.stderr.includes(moved) && failed.stderr.includes('(offline)'), failed.stderr)
})

test('colours: none in a pipe, some where they are asked for, none under NO_COLOR', async (t) => {
  const a = await device(t, shared.url, 'painter', 'laptop')
  const coloured = async (env: NodeJS.ProcessEnv): Promise<boolean> =>
    (await run(t, ['sync', a.folder], { ...a, env })).stdout.includes('\u001b[')
  t.false(await coloured({}))
  t.true(await coloured({ FORCE_COLOR: '1' }))
  t.false(await coloured({ FORCE_COLOR: '1', NO_COLOR: '1' }))
})
