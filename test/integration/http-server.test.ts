import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import test from 'ava'
import type { ExecutionContext } from 'ava'
import { accountClient } from '../../adapters/node/account-client.js'
import { httpTransport } from '../../adapters/node/http-transport.js'
import { decodeAnswer, encodeRequest, isTidemarkError, toHex } from '../../src/index.js'
import type { Transport } from '../../src/index.js'
import { PASSWORD, realRandom } from './http-world.js'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'examples/express-server/src/main.ts')

interface Ready {
  readonly event: string
  readonly url: string
  readonly port: number
  readonly pid: number
  readonly page?: string
}

interface Program {
  readonly child: ChildProcess
  /** Null when it ended before it was ready. */
  readonly ready: Ready | null
  readonly errors: () => string
  readonly lines: readonly Record<string, unknown>[]
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>
}

async function directoryFor(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tidemark-server-'))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'data')
}

type Environment = Readonly<Record<string, string>>

/** The example server as its own process, ready or ended. */
async function program(t: ExecutionContext, args: readonly string[], env: Environment = {}): Promise<Program> {
  const child = spawn(process.execPath, ['--import=tsx', MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exited
  })
  let errors = ''
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
  const lines: Record<string, unknown>[] = []
  const reader = createInterface({ input: child.stdout })
  const isReady = new Promise<Ready | null>((settle) => {
    reader.on('line', (line) => {
      const value = JSON.parse(line) as Record<string, unknown>
      lines.push(value)
      if (value['event'] === 'ready') settle(value as unknown as Ready)
    })
    void exited.then(() => settle(null))
  })
  const ready = await isReady
  const stop = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal)
    await exited
    return child.exitCode
  }
  return { child, ready, errors: () => errors, lines, stop }
}

async function say(transport: Transport): Promise<string> {
  const session = { last: null, next: toHex(realRandom.bytes(16)) }
  const hello = {
    type: 'hello',
    workspace: 'notes',
    device: toHex(realRandom.bytes(16)),
    session,
    cursor: null,
    witness: null,
  } as const
  const answer = decodeAnswer(await transport.exchange(encodeRequest(hello)))
  return answer.type === 'hello' && answer.state.standing === 'current'
    ? answer.state.page.cursor.epoch
    : JSON.stringify(answer)
}

test('the server as a program: an account and its workspace outlive kill -9; a signal ends it in good order', async (t) => {
  const data = await directoryFor(t)
  const args = ['--data', data, '--json', '--log', 'info']
  const first = await program(t, [...args, '--port', '0'])
  if (first.ready === null) return t.fail(first.errors())
  const client = accountClient({ url: first.ready.url })
  const { token } = await client.register({ name: 'ana', password: PASSWORD, device: 'laptop' })
  const transport = httpTransport({
    url: first.ready.url,
    workspace: 'notes',
    token,
    hints: { backoffMs: 20, maxBackoffMs: 100 },
  })
  t.teardown(async () => {
    await transport.close()
    await client.close()
  })
  const epoch = await say(transport)
  t.regex(epoch, /^[0-9a-f]{32}$/)

  const second = await program(t, [...args, '--port', '0'])
  t.is(second.ready, null)
  t.is(second.child.exitCode, 1)
  t.true(second.errors().includes(data) && second.errors().includes('in use'), second.errors())

  await first.stop('SIGKILL')
  const refused = await t.throwsAsync(transport.exchange(new Uint8Array(1)))
  t.true(isTidemarkError(refused) && refused.code === 'offline')
  const again = await program(t, [...args, '--port', String(first.ready.port)])
  if (again.ready === null) return t.fail(again.errors())
  t.is(await say(transport), epoch)

  const states: string[] = []
  const open = new Promise<void>((settle) => {
    transport.subscribe({
      onHint: () => undefined,
      onState: (state) => {
        states.push(state)
        if (state === 'open') settle()
      },
    })
  })
  await open
  t.is(await again.stop('SIGINT'), 130, 'an open channel does not hold it up')
  const requests = again.lines
    .filter(({ event }) => event === 'http.request')
    .map(({ method, path, status }) => [method, path, status].join(' '))
  t.deepEqual(requests, ['POST / 200', 'GET /hints 200'])
  const kept = await readFile(join(data, 'accounts.sqlite'), 'latin1')
  t.true(kept.includes('$argon2id$') && kept.includes('ana'))
  for (const secret of [PASSWORD, token, token.slice(4)])
    t.false(kept.includes(secret), 'SEC-26 the database holds digests only')
  const last = await program(t, [...args, '--port', '0'])
  t.is(await last.stop('SIGTERM'), 0)
  const left = await readdir(data)
  t.deepEqual(
    left.filter((name) => name.includes('-wal') || name.includes('-shm')),
    [],
    'closed in good order',
  )
  if (process.platform !== 'win32') t.is((await stat(data)).mode & 0o077, 0, 'SEC-17 only its owner can read it')
})

test('SEC-42 what cannot be meant is refused before anything is made', async (t) => {
  const data = await directoryFor(t)
  const nowhere = join(data, 'no-page')
  const table: readonly (readonly [string, readonly string[], Environment])[] = [
    ['--port is a whole number', ['--port', '70000'], {}],
    ["Unknown option '--prot'", ['--prot', '1'], {}],
    ['speaks no TLS', ['--host', '0.0.0.0'], {}],
    ['--log is one of', ['--log', 'loud'], {}],
    [nowhere, ['--page', nowhere], {}],
    [nowhere, [], { TIDEMARK_PAGE: nowhere }],
    ["'https://app.example.org/' is not the origin", ['--origin', 'https://app.example.org/'], {}],
    ["'*' is not the origin", [], { TIDEMARK_ORIGINS: 'https://app.example.org, *' }],
  ]
  const ended = await Promise.all(table.map(([, args, env]) => program(t, ['--data', data, '--json', ...args], env)))
  for (const [at, { child, ready, errors }] of ended.entries()) {
    const [says = ''] = table[at] ?? []
    t.is(ready, null)
    t.is(child.exitCode, 2, says)
    t.true(errors().startsWith('tidemark-server: ') && errors().includes(says), errors())
  }
  await t.throwsAsync(stat(data), { code: 'ENOENT' })
})

const PAGE_POLICY =
  "default-src 'none';script-src 'self' 'wasm-unsafe-eval';style-src 'self';img-src 'self' blob:;connect-src 'self';" +
  "worker-src 'self';font-src 'self';manifest-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'"

/** A page as it is built: an index, and files that are named by their content. */
async function pageFor(t: ExecutionContext): Promise<string> {
  const page = await mkdtemp(join(tmpdir(), 'tidemark-page-'))
  t.teardown(() => rm(page, { recursive: true, force: true }))
  await mkdir(join(page, 'assets'))
  await mkdir(join(page, 'assets-of-others'))
  await writeFile(join(page, 'index.html'), '<!doctype html><title>a page</title>')
  await writeFile(join(page, 'assets', 'app-1a2b.js'), 'export {}')
  await writeFile(join(page, 'assets-of-others', 'a.js'), 'export {}')
  await writeFile(join(page, '.secret'), 'not for anybody')
  return page
}

test('SEC-42 a page is served at / under a policy of its own, and the routes of the server stay what they are', async (t) => {
  const [data, page] = [await directoryFor(t), await pageFor(t)]
  const { ready, errors, stop } = await program(t, ['--data', data, '--json', '--port', '0', '--page', page])
  if (ready?.page === undefined) return t.fail(errors())
  const at = ready.page
  const rows: readonly (readonly [string, number, string | null, boolean])[] = [
    ['', 200, 'no-cache', true],
    ['index.html', 200, 'no-cache', true],
    ['assets/app-1a2b.js', 200, 'public, max-age=31536000, immutable', true],
    ['assets-of-others/a.js', 200, 'no-cache', true],
    ['assets', 404, null, true],
    ['nothing', 404, null, true],
    ['.secret', 404, null, true],
    ['..%2f..%2fetc/passwd', 404, null, true],
    ['healthz', 200, 'no-store', false],
    ['sync/nothing', 404, 'no-store', false],
  ]
  for (const [path, status, kept, isOfPage] of rows) {
    const { status: found, headers } = await fetch(new URL(path, at))
    t.deepEqual([found, headers.get('cache-control')], [status, kept], path)
    t.is(headers.get('content-security-policy') === PAGE_POLICY, isOfPage, path)
    t.is(headers.get('x-content-type-options'), 'nosniff', path)
    if (isOfPage) t.is(headers.get('strict-transport-security'), null, 'there is no TLS here')
  }
  t.is((await fetch(at, { method: 'POST' })).status, 404)
  t.is(await stop('SIGTERM'), 0)

  const behind = await program(t, ['--data', data, '--json', '--port', '0', '--trust-proxy', '1'], {
    TIDEMARK_PAGE: page,
  })
  if (behind.ready?.page === undefined) return t.fail(behind.errors())
  t.regex((await fetch(behind.ready.page)).headers.get('strict-transport-security') ?? '', /^max-age=/)
})

test('SEC-28 pages of the origins that are named may call, by flags or else by the environment', async (t) => {
  const [one, two, three] = ['https://one.example.org', 'https://two.example.org', 'http://127.0.0.1:5173']
  const env = { TIDEMARK_ORIGINS: `${three}, ${two},` }
  const rows: readonly (readonly [readonly string[], Environment, readonly string[]])[] = [
    [[], {}, []],
    [['--origin', one, '--origin', two], env, [one, two]],
    [[], env, [three, two]],
  ]
  const servers = await Promise.all(
    rows.map(async ([args, given]) =>
      program(t, ['--data', await directoryFor(t), '--json', '--port', '0', ...args], given),
    ),
  )
  for (const [at, { ready, errors }] of servers.entries()) {
    const [, , letIn] = rows[at]!
    if (ready === null) return t.fail(errors())
    t.is(ready.page, undefined)
    t.is((await fetch(new URL('/', ready.url))).status, 404, 'no page without a directory')
    for (const origin of [one, two, three]) {
      const { headers } = await fetch(`${ready.url}/accounts/devices`, { headers: { origin } })
      t.is(headers.get('access-control-allow-origin'), letIn.includes(origin) ? origin : null, origin)
    }
  }
})

test('an unreachable server keeps no process alive', async (t) => {
  const transport = join(ROOT, 'adapters/node/http-transport.ts')
  const script = `
    import { httpTransport } from ${JSON.stringify(transport)}
    const transport = httpTransport({ url: 'http://127.0.0.1:1/sync', workspace: 'notes', token: 'x' })
    transport.subscribe({ onHint() {}, onState: (state) => console.log(state) })
    await transport.exchange(new Uint8Array(1)).catch((error) => console.log(error.code))
  `
  const child = spawn(process.execPath, ['--import=tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  await once(child, 'exit')
  t.is(child.exitCode, 0)
  t.deepEqual(output.trim().split('\n').sort(), ['broken', 'offline'])
})
