/**
 * `npm run prove:memory`: a file of 1 GiB goes from one device over the example server to another, and back after an
 * edit. Three processes of their own; none may need more than 120 MiB beyond what it held before. Prints what it found.
 *   --mebibytes <n>   another size of the file, for a quick look
 *   --keep            leaves the directory
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { closeSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import type { MeterReading } from './prove-memory-meter.js'

const MIB = 1024 * 1024
const LIMIT = 120 * MIB
const PASSWORD = 'four quiet herons at dusk'
const ROOT = resolve(import.meta.dirname, '..')

const { values } = parseArgs({
  options: { mebibytes: { type: 'string', default: '1024' }, keep: { type: 'boolean', default: false } },
})

class Party {
  readonly name: string
  readonly #process: ChildProcess
  readonly #lines: string[] = []
  #wake: (() => void) | null = null
  #ended = false

  constructor(name: string, args: readonly string[]) {
    this.name = name
    const meter = join(import.meta.dirname, 'prove-memory-meter.ts')
    this.#process = spawn(process.execPath, ['--import', 'tsx', '--import', meter, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    const { stdout } = this.#process
    if (stdout === null) throw new Error(`${name} has no output`)
    createInterface(stdout).on('line', (line) => this.#notice(() => this.#lines.push(line)))
    this.#process.on('exit', () => this.#notice(() => (this.#ended = true)))
  }

  #notice(note: () => unknown): void {
    note()
    this.#wake?.()
  }

  /** The next line of its output. */
  async line(): Promise<string> {
    for (;;) {
      const line = this.#lines.shift()
      if (line !== undefined) return line
      if (this.#ended) throw new Error(`${this.name} ended`)
      await new Promise<void>((wake) => (this.#wake = wake))
    }
  }

  read(): Promise<MeterReading> {
    return new Promise((done, failed) => {
      if (this.#ended) failed(new Error(`${this.name} ended`))
      const take = (message: unknown): void => {
        this.#process.off('message', take)
        done(message as MeterReading)
      }
      this.#process.on('message', take)
      this.#process.send('read')
    })
  }

  async command(word: string): Promise<string> {
    this.#process.send(word)
    return this.line()
  }

  async end(): Promise<void> {
    if (this.#ended) return
    this.#process.kill('SIGTERM')
    while (!this.#ended) await new Promise<void>((wake) => (this.#wake = wake))
  }
}

/** Random bytes do not compress, and no chunk of them comes twice. */
function writeRandom(path: string, mebibytes: number): void {
  const file = openSync(path, 'wx')
  for (let at = 0; at < mebibytes; at++) writeSync(file, randomBytes(MIB))
  closeSync(file)
}

/** Four bytes go in at the head, a mebibyte in the middle is written over. */
function edit(path: string, to: string, mebibytes: number): void {
  const from = openSync(path, 'r')
  const file = openSync(to, 'wx')
  writeSync(file, Buffer.from('edit'))
  const buffer = Buffer.alloc(MIB)
  for (let at = 0; at < mebibytes; at++) {
    const length = readSync(from, buffer, 0, MIB, null)
    writeSync(file, at === mebibytes >> 1 ? randomBytes(MIB) : buffer.subarray(0, length))
  }
  closeSync(from)
  closeSync(file)
  execFileSync('mv', ['-f', to, path])
}

async function prove(directory: string, mebibytes: number, parties: Party[]): Promise<boolean> {
  const [a, b] = [join(directory, 'A'), join(directory, 'B')]
  for (const folder of [a, b]) mkdirSync(folder)
  const join_ = (party: Party): Party => (parties.push(party), party)
  const server = join_(
    new Party('server', [
      'examples/express-server/bin/tidemark-server.js',
      ...['--port', '0', '--data', join(directory, 'server'), '--json'],
    ]),
  )
  const { url } = JSON.parse(await server.line()) as { url: string }
  const device = (name: string, folder: string): Party =>
    join_(new Party(name, [join(import.meta.dirname, 'prove-memory-device.ts'), url, folder, name, PASSWORD]))
  const devices = [device('A', a), device('B', b)] as const
  for (const one of devices) await one.line()
  writeRandom(join(a, 'large.bin'), mebibytes)
  const before = await Promise.all(parties.map((party) => party.read()))

  for (const one of devices) console.log(`${one.name}: ${await one.command('sync')}`)
  const compare = (): void =>
    void execFileSync('cmp', [join(a, 'large.bin'), join(b, 'large.bin')], { stdio: 'inherit' })
  compare()
  edit(join(b, 'large.bin'), join(directory, 'edited'), mebibytes)
  for (const one of [...devices].reverse()) console.log(`${one.name}: ${await one.command('sync')}`)
  compare()

  let ok = true
  for (const [at, party] of parties.entries()) {
    const reading = await party.read()
    const start = before[at]?.rss ?? 0
    const more = reading.peak - start
    ok &&= more <= LIMIT
    console.log(
      `${more <= LIMIT ? '✔' : '✘'} ${party.name}: ${mib(start)} before, ${mib(reading.peak)} at the peak, ${mib(more)} more (at most ${mib(LIMIT)})`,
    )
  }
  return ok
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`
}

const directory = mkdtempSync(join(tmpdir(), 'tidemark-memory-'))
const parties: Party[] = []
try {
  process.exitCode = (await prove(directory, Number(values.mebibytes), parties)) ? 0 : 1
} finally {
  for (const party of parties) await party.end()
  if (values.keep) console.log(directory)
  else rmSync(directory, { recursive: true, force: true })
}
