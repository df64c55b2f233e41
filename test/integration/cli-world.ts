/** The command line as its users start it: its built program, in a process of its own, with a home and folders of its own. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { ExecutionContext } from 'ava'

export const PASSWORD = 'four quiet herons at dusk'
/** Nobody listens there. */
export const NOWHERE = 'http://127.0.0.1:9/sync'
const PROGRAM = resolve(import.meta.dirname, '../../examples/cli/bin/tidemark.js')

export interface Said {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Default: nobody is logged in. */
  readonly home?: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
  /** Of the process; only root may choose another. */
  readonly uid?: number
}

export interface Running {
  readonly child: ChildProcess
  readonly ended: Promise<Said>
  /** Resolves once stdout holds this; fails when the program ends before. */
  says(text: string): Promise<string>
}

/** A directory that goes with the test. */
export function place(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-cli-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }))
  return directory
}

export function start(
  t: Pick<ExecutionContext, 'teardown'>,
  args: readonly string[],
  options: RunOptions = {},
): Running {
  const known = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('TIDEMARK_') && !/^(NO|FORCE)_COLOR$/.test(name),
  )
  const env = { ...Object.fromEntries(known), TIDEMARK_HOME: options.home ?? '/nowhere/at/all', ...options.env }
  const as = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }
  const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'], ...as })
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  let [stdout, stderr] = ['', '']
  const heard = new Set<() => void>()
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const look of heard) look()
  })
  const ended = once(child, 'close').then(([code]): Said => ({ code: code as number | null, stdout, stderr }))
  t.teardown(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  const says = (text: string): Promise<string> =>
    new Promise((found, failed) => {
      const look = (): void => {
        if (stdout.includes(text)) found(stdout)
      }
      heard.add(look)
      look()
      void ended.then(() => failed(new Error(`it ended without saying '${text}': ${stdout}${stderr}`)))
    })
  return { child, ended, says }
}

export function run(t: ExecutionContext, args: readonly string[], options: RunOptions = {}): Promise<Said> {
  return start(t, args, options).ended
}

/** The one document of a command with `--json`. */
export function document(t: ExecutionContext, { stdout }: Said): Readonly<Record<string, unknown>> {
  const lines = stdout.trimEnd().split('\n')
  t.is(lines.length, 1, stdout)
  return JSON.parse(lines[0] ?? '') as Readonly<Record<string, unknown>>
}

/** A linked folder of a user that is logged in. */
export async function device(
  t: ExecutionContext,
  server: string,
  user: string,
  name: string,
): Promise<{ home: string; folder: string }> {
  const directory = place(t)
  const [home, folder] = [join(directory, 'home'), join(directory, name)]
  const entered = await run(t, ['register', user, '--server', server, '--device', name, '--password-stdin'], {
    home,
    input: `${PASSWORD}\n`,
  })
  if (entered.code !== 0) throw new Error(entered.stderr)
  mkdirSync(folder)
  const linked = await run(t, ['link', folder, 'notes'], { home })
  if (linked.code !== 0) throw new Error(linked.stderr)
  return { home, folder }
}

/** A port that takes connections and never answers; `asked` resolves at the first bytes. */
export async function silentServer(
  t: ExecutionContext,
): Promise<{ readonly url: string; readonly asked: Promise<unknown> }> {
  const server = createServer()
  const sockets = new Set<{ destroy(): void }>()
  const asked = new Promise((resolve) => {
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('data', resolve)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/sync`, asked }
}
