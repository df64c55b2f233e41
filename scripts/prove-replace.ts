/**
 * `npm run prove:replace`: a writer in another process edits hot files at full speed while this side replaces them 20,000
 * times through the shipped store (INV-18). What the writer wrote last must stand in its place, or in a file of its own.
 * Prints what it found; fails when anything is lost.
 *   --replaces <n>   other than 20,000      --seed <n>   other moments and ways
 *   --cold           in the order for files that nobody works on, which is not lossless: for the figure only
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { seededRandom } from '../adapters/shared/seeded-random.js'
import { nodeFolder } from '../adapters/node/index.js'
import { keepBeside } from '../src/engine/apply-run.js'
import { Dirty } from '../src/engine/dirty.js'
import { defaultContentRule, type LocalStore, type Outcome } from '../src/index.js'
import { type Burst, contentOf, isWhole, WAYS } from './prove-replace-writer.js'

const FILES = 16
/** Microseconds: about as long as a replace takes. */
const LATEST_WRITE = 1500
const MOST_WRITES = 40

const { values } = parseArgs({
  options: {
    replaces: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    cold: { type: 'boolean', default: false },
  },
})
const random = seededRandom(Number(values.seed))
const rule = defaultContentRule('0'.repeat(32), null)

interface Figures {
  rounds: number
  replaced: number
  /** Left alone, because the file was not what was expected any more. */
  leftAlone: number
  /** Edits that the replace pushed aside and that are files of their own now. */
  displaced: number
  inPlace: number
  beside: number
  readonly lost: string[]
}

function below(limit: number): number {
  const [high = 0, low = 0] = random.bytes(2)
  return Math.floor(((high * 256 + low) / 65_536) * limit)
}

class Prover {
  readonly figures: Figures = { rounds: 0, replaced: 0, leftAlone: 0, displaced: 0, inPlace: 0, beside: 0, lost: [] }
  readonly #local: LocalStore
  readonly #root: string
  readonly #writer: ChildProcess
  readonly #kept = { dirty: new Dirty(), unflushed: new Set<string>(), random, deviceName: 'this side' }

  constructor(local: LocalStore, root: string, writer: ChildProcess) {
    this.#local = local
    this.#root = root
    this.#writer = writer
  }

  /** One replace, and a burst of edits that starts somewhere in the middle of it. */
  async round(): Promise<void> {
    const { figures } = this
    const round = ++figures.rounds
    const path = `hot-${round % FILES}`
    const absolute = join(this.#root, path)
    if (!existsSync(absolute)) writeFileSync(absolute, contentOf(round, 0))
    const seen = await this.#local.describe(path, rule)
    if (seen.state !== 'read') throw new Error(`${path} is ${seen.state}`)
    const name = `round-${round}`
    const staged = await this.#local.stage(name)
    await staged.write(new TextEncoder().encode(`brought from the server: ${round}\n`))
    await staged.finish({ modifiedAt: Date.now(), executable: false })
    const way = WAYS[below(WAYS.length)] ?? 'in place'
    const last = this.#burst({
      round,
      path: absolute,
      way,
      writes: 1 + below(2) * below(MOST_WRITES),
      delay: below(LATEST_WRITE),
    })
    const expected = { stamp: seen.stamp, content: seen.digest }
    const outcome = await this.#local.replaceIf(name, { path, parent: null }, expected, { hot: !values.cold })
    await this.#keep(path, outcome)
    const written = await last
    await this.#flush(path)
    this.#judge(path, way, written)
    if (outcome.outcome === 'moved') await this.#local.clearStaging([])
  }

  #burst(burst: Burst): Promise<string> {
    return new Promise((done, failed) => {
      const ended = (): void => failed(new Error('the writer ended'))
      this.#writer.once('exit', ended)
      this.#writer.once('message', (last) => {
        this.#writer.off('exit', ended)
        done(last as string)
      })
      this.#writer.send(burst)
    })
  }

  /** As the engine does it: what was pushed aside becomes a file beside it, at once or after the flush. */
  async #keep(path: string, outcome: Outcome): Promise<void> {
    const { figures } = this
    if (outcome.outcome === 'failed') throw new Error(outcome.problem.message)
    if (outcome.outcome === 'moved') figures.leftAlone += 1
    else figures.replaced += 1
    if ('kept' in outcome && outcome.kept !== undefined) await this.#beside(path, outcome.kept)
    await this.#flush(path)
  }

  async #flush(path: string): Promise<void> {
    for (const { kept } of await this.#local.flush([path])) if (kept !== null) await this.#beside(path, kept)
  }

  async #beside(path: string, kept: string): Promise<void> {
    this.figures.displaced += 1
    await keepBeside({ local: this.#local, ...this.#kept }, path, kept)
  }

  #judge(path: string, way: string, last: string): void {
    const { figures } = this
    const copies = [...this.#kept.unflushed].filter((copy) => copy !== '').map((copy) => join(this.#root, copy))
    this.#kept.unflushed.clear()
    if (readOr(join(this.#root, path)) === last) figures.inPlace += 1
    else if (copies.some((copy) => readOr(copy) === last)) figures.beside += 1
    else figures.lost.push(`round ${figures.rounds}, written ${way}: ${last.trim()}`)
    for (const copy of copies) {
      if (!isWhole(readOr(copy) ?? '')) figures.lost.push(`round ${figures.rounds}: ${copy} is torn`)
      unlinkSync(copy)
    }
  }
}

function readOr(path: string): string | null {
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function print(figures: Figures, seconds: number): void {
  const { rounds, replaced, leftAlone, displaced, inPlace, beside, lost } = figures
  console.log(
    `order           ${values.cold ? 'for files that nobody works on' : 'for hot files'}, seed ${values.seed}`,
  )
  console.log(`bursts of edits ${rounds} in ${seconds.toFixed(0)} s`)
  console.log(`replaced        ${replaced}`)
  console.log(`left alone      ${leftAlone}`)
  console.log(`edits displaced ${displaced}, each a file of its own now`)
  console.log(`last writes     ${inPlace} in place, ${beside} beside it, ${lost.length} lost`)
  for (const line of lost.slice(0, 20)) console.log(`  lost: ${line}`)
}

async function main(): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-replace-'))
  const root = join(directory, 'root')
  mkdirSync(root)
  const writer = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'prove-replace-writer.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const { local } = nodeFolder(root, { workers: 0 })
  await local.open()
  const prover = new Prover(local, root, writer)
  const start = performance.now()
  try {
    while (prover.figures.replaced < Number(values.replaces)) await prover.round()
    print(prover.figures, (performance.now() - start) / 1000)
    return prover.figures.lost.length === 0 || values.cold
  } finally {
    writer.disconnect()
    await local.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

process.exitCode = (await main()) ? 0 : 1
