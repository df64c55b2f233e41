/**
 * A reader in another process, and the shipped store that replaces what it reads, in the order for files that nobody works on
 * (INV-07): every read gives one whole content, and the file is always there.
 */

import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeFolder } from '../../adapters/node/index.js'
import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'
import { defaultContentRule, type LocalStore } from '../../src/index.js'
import type { ReadOrder, ReadReport } from './reader-process.js'

export interface ReadingOptions {
  /** An empty directory is made there. */
  readonly root: string
  /** At least so many, while at least so many replaces are made: both go on until both are done. */
  readonly reads: number
  readonly replaces: number
  readonly seed: number
  readonly signal?: AbortSignal
}

export interface ReadingFigures extends ReadReport {
  readonly replaced: number
}

const FILES = 4
const CONTENTS = 64
const LEAST_BYTES = 2_000
const MOST_BYTES = 40_000

const rule = defaultContentRule('0'.repeat(32), null)

export async function reading(options: ReadingOptions): Promise<ReadingFigures> {
  const { root, reads, replaces, seed, signal } = options
  mkdirSync(root)
  const random = seededRandom(seed)
  const contents = Array.from({ length: CONTENTS }, () =>
    random.bytes(LEAST_BYTES + random.below(MOST_BYTES - LEAST_BYTES)),
  )
  const names = Array.from({ length: FILES }, (_, at) => `file-${at}`)
  for (const name of names) writeFileSync(join(root, name), contents[0] ?? '')
  const { local } = nodeFolder(root, { workers: 0 })
  await local.open()
  const reader = new Reader({
    files: names.map((name) => join(root, name)),
    contents: contents.map((bytes) => createHash('sha1').update(bytes).digest('hex')),
  })
  let replaced = 0
  try {
    await reader.begins
    while (replaced < replaces || reader.report.reads < reads) {
      signal?.throwIfAborted()
      reader.check()
      await replace(local, names[replaced % FILES] ?? '', contents[random.below(CONTENTS)] ?? new Uint8Array(), random)
      replaced += 1
    }
    return { ...reader.report, replaced }
  } finally {
    await reader.end()
    await local.close()
  }
}

async function replace(local: LocalStore, path: string, content: Uint8Array, random: SeededRandom): Promise<void> {
  const seen = await local.describe(path, rule)
  if (seen.state !== 'read') throw new Error(`${path} is ${seen.state}`)
  const staged = await local.stage('next')
  await staged.write(content)
  await staged.finish({ modifiedAt: Date.now() - random.below(1_000_000), executable: false })
  const expected = { stamp: seen.stamp, content: seen.digest }
  const { outcome } = await local.replaceIf('next', { path, parent: null }, expected)
  if (outcome !== 'done') throw new Error(`the replace of ${path} came to ${outcome}`)
  await local.flush([path])
}

class Reader {
  readonly #child
  readonly #ended: Promise<void>
  /** With its first report, or its end. */
  readonly begins: Promise<unknown>
  #isTold = false
  #failed: Error | null = null
  report: ReadReport = { reads: 0, absent: 0, mixed: 0, changes: 0 }

  constructor(order: ReadOrder) {
    this.#child = fork(join(import.meta.dirname, 'reader-process.ts'), { execArgv: ['--import', 'tsx'] })
    this.#child.on('message', (report) => (this.report = report as ReadReport))
    this.#ended = new Promise((done) => {
      this.#child.once('exit', (code) => {
        if (!this.#isTold) this.#failed = new Error(`the reader ended with ${code}`)
        done()
      })
    })
    this.begins = Promise.race([once(this.#child, 'message'), this.#ended])
    this.#child.send(order)
  }

  check(): void {
    if (this.#failed !== null) throw this.#failed
  }

  async end(): Promise<void> {
    this.#isTold = true
    if (this.#child.connected) this.#child.disconnect()
    await this.#ended
  }
}
