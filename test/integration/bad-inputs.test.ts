/** A9: bad inputs end in an error that names the thing and the next step, and leave root, state and server as they were. */

import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { BAD_DATA, BAD_INPUTS, type BadInput, type Linked } from './bad-inputs.table.js'
import { device, document, place, run, type RunOptions, type Said, start } from './cli-world.js'
import { agreedRows, filesOf, keptBytes, serverRows } from './fingerprint.js'
import { impostor } from './http-world.js'

const NOBODY = 65_534

interface Served {
  readonly url: string
  readonly data: string
}

async function served(t: ExecutionContext): Promise<Served> {
  const data = join(place(t), 'data')
  const server = start(t, ['serve', '--port', '0', '--json', '--data', data])
  const { url } = JSON.parse(await server.says('\n')) as { url: string }
  return { url, data }
}

/** A folder of some files that was synced once. */
async function synced(t: ExecutionContext, url: string): Promise<{ readonly home: string; readonly folder: string }> {
  const made = await device(t, url, 'ann', 'laptop')
  mkdirSync(join(made.folder, 'd/e'), { recursive: true })
  for (let at = 0; at < 12; at++) writeFileSync(join(made.folder, `f${at}`), `content ${at}`)
  writeFileSync(join(made.folder, 'd/e/deep'), 'deep')
  writeFileSync(join(made.folder, 'x'), '#!/bin/sh\n', { mode: 0o755 })
  const first = await run(t, ['sync', made.folder], { home: made.home })
  t.is(first.code, 0, first.stderr)
  return made
}

/** What a row promises to keep, as lines. */
function kept(keeps: BadInput['keeps'], folder: string): readonly string[] {
  const files = filesOf(folder) ?? ['no root']
  if (keeps === 'files') return files
  return [...files, ...(keeps === 'agreed' ? agreedRows(folder) : (keptBytes(folder) ?? []))]
}

interface Told {
  readonly code: string
  readonly message: string
  readonly subject: string | null
  readonly next: string | null
}

function checkError(t: ExecutionContext, said: Said, row: Pick<BadInput, 'exit' | 'code'>, named: string): void {
  t.is(said.code, row.exit, `${said.stdout}${said.stderr}`)
  if (row.code === null) return
  const { error } = document(t, said) as { readonly error?: Told }
  t.is(error?.code, row.code, error?.message)
  t.true(`${error?.message ?? ''} ${error?.subject ?? ''}`.includes(named), `${error?.message} does not name ${named}`)
  t.regex(error?.next ?? '', /^\S.*\.$|--help/, 'a next step')
  t.notRegex(said.stderr, /^\s+at /m)
}

/** As nobody, the account's file must be readable first; without root one's own mode bits do. */
function asNobody(linked: Linked): RunOptions {
  if (process.getuid?.() !== 0) {
    chmodSync(linked.folder, 0o000)
    return { home: linked.home }
  }
  chmodSync(join(linked.home, '..'), 0o755)
  chmodSync(linked.home, 0o755)
  chmodSync(join(linked.home, 'logins.json'), 0o644)
  return { home: linked.home, uid: NOBODY }
}

for (const row of BAD_INPUTS) {
  test.serial(`A9 ${row.title}: ${row.code ?? `exit ${row.exit}`}`, async (t) => {
    t.timeout(180_000)
    const { url, data } = await served(t)
    const other = await impostor((_request, response) => void response.end('<html>a login page</html>'))
    t.teardown(() => other.close())
    const linked: Linked = { ...(await synced(t, url)), impostor: other.url }
    row.arrange(linked)
    const options = row.asNobody === true ? asNobody(linked) : { home: linked.home }
    const readable = row.asNobody !== true || process.getuid?.() === 0
    const before = { here: readable ? kept(row.keeps, linked.folder) : [], there: serverRows(data) }
    const said = await run(t, [...(row.args?.(linked) ?? ['sync', linked.folder]), '--json'], options)
    if (!readable) chmodSync(linked.folder, 0o700)
    checkError(t, said, row, row.names?.(linked) ?? '')
    t.deepEqual(serverRows(data), before.there, 'the server')
    if (readable) t.deepEqual(kept(row.keeps, linked.folder), before.here, 'the root and its state')
  })
}

for (const row of BAD_DATA) {
  test.serial(`A9 server data, ${row.title}: ${row.code}`, async (t) => {
    t.timeout(180_000)
    const first = join(place(t), 'data')
    const server = start(t, ['serve', '--port', '0', '--json', '--data', first])
    const { url } = JSON.parse(await server.says('\n')) as { url: string }
    await synced(t, url)
    server.child.kill('SIGTERM')
    t.true([0, 130, 143].includes((await server.ended).code ?? -1))
    const data = join(place(t), 'copy')
    cpSync(first, data, { recursive: true })
    row.arrange(data)
    const before = keptBytes(data)
    const said = await run(t, ['serve', '--port', '0', '--json', '--data', data, ...(row.args ?? [])])
    checkError(t, { ...said, stdout: lastLine(said.stdout) }, row, row.names(data))
    t.deepEqual(keptBytes(data), before)
  })
}

test.serial('A9 a second server on the data directory is refused by name, and the first goes on', async (t) => {
  const { url, data } = await served(t)
  const said = await run(t, ['serve', '--port', '0', '--json', '--data', data])
  checkError(t, { ...said, stdout: lastLine(said.stdout) }, { exit: 1, code: 'locked' }, data)
  const { folder } = await synced(t, url)
  t.true(readdirSync(folder).length > 0)
})

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}
