/** `npm run demo:web` as a process of its own: a server with the page, and a folder with a live engine. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

export interface Demo {
  /** Of the page. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** The folder on this machine's disk. */
  readonly folder: string
  /** What it said on stderr so far. */
  readonly said: () => string
  /** Into the folder, as editors save: nobody ever sees half of it. */
  save(path: string, text: string): Promise<void>
  /** Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>
}

export interface EndedDemo {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const DEMO = resolve(import.meta.dirname, '../../../examples/web/dist/demo/main.js')

export interface DemoSettings {
  /** Where it makes its directories; each that it left there would be seen. */
  readonly temporary: string
  /** Of the same disk, for what is on its way into the folder. */
  readonly aside: string
}

export async function startDemo({ temporary, aside }: DemoSettings): Promise<Demo> {
  const child = spawnDemo(['--json', '--port', '0'], temporary)
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const exited = once(child, 'exit')
  const first = await Promise.race([firstLine(child), exited.then(() => null)])
  if (first === null) throw new Error(`the demo ended: ${stderr}`)
  const { url, user, password, folder: linked } = JSON.parse(first) as Record<string, string>
  if (url === undefined || user === undefined || password === undefined || linked === undefined) {
    throw new Error(`the demo says ${first}`)
  }
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
    await exited
    return child.exitCode
  }
  const save = async (path: string, text: string): Promise<void> => {
    await writeFile(join(aside, 'saved'), text)
    await rename(join(aside, 'saved'), join(linked, path))
  }
  return { url, user, password, folder: linked, said: () => stderr, save, stop }
}

/** One that ends by itself. */
export async function runDemo(args: readonly string[], temporary: string): Promise<EndedDemo> {
  const child = spawnDemo(args, temporary)
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  await once(child, 'close')
  return { code: child.exitCode, stdout, stderr }
}

function spawnDemo(args: readonly string[], temporary: string): ChildProcess {
  if (!existsSync(DEMO)) throw new Error(`${DEMO} is not built: npm run build`)
  const env = { ...process.env, TMPDIR: temporary }
  return spawn(process.execPath, [DEMO, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((settle) => {
    if (child.stdout !== null) createInterface({ input: child.stdout }).once('line', settle)
  })
}
