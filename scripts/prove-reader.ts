/**
 * `npm run prove:reader`: a process reads files a million times while the shipped store replaces them, on a tmpfs and on an ext4
 * in a file (INV-07). Each read has to give one whole content; prints what it found, and fails when one did not.
 *   --reads <n>   other than 1,000,000 on each    --replaces <n>   at least, other than 1,000    --seed <n>   other contents
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { reading, type ReadingFigures } from './reader/reading.js'
import { FILE_SYSTEMS, type FileSystem, mountRefusal, mountSmall } from './testing/mounted.js'

const MEBIBYTES = 64
const INTERRUPTED = 130

const { values } = parseArgs({
  options: {
    reads: { type: 'string', default: '1000000' },
    replaces: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
  },
})

function print(kind: FileSystem, { reads, replaced, changes, absent, mixed }: ReadingFigures, seconds: number): void {
  console.log(
    `${absent + mixed === 0 ? '✔' : '✘'} ${kind}: ${reads} reads while ${replaced} replaces were made, in ${seconds.toFixed(0)} s; ` +
      `${changes} reads found another content than before, ${absent} found no file, ${mixed} no whole content`,
  )
}

async function prove(kind: FileSystem, directory: string, signal: AbortSignal): Promise<boolean> {
  const refusal = mountRefusal(kind)
  if (refusal !== null) {
    console.log(`- ${kind}: not tried (capability: ${refusal})`)
    return true
  }
  const mounted = mountSmall(kind, directory, MEBIBYTES)
  const start = performance.now()
  try {
    const [reads, replaces, seed] = [Number(values.reads), Number(values.replaces), Number(values.seed)]
    const figures = await reading({ root: join(mounted.path, 'root'), reads, replaces, seed, signal })
    print(kind, figures, (performance.now() - start) / 1000)
    return figures.absent + figures.mixed === 0
  } finally {
    mounted.remove()
  }
}

async function main(): Promise<number> {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort())
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-reader-'))
  try {
    let isRight = true
    for (const kind of FILE_SYSTEMS) isRight = (await prove(kind, directory, ending.signal)) && isRight
    return isRight ? 0 : 1
  } catch (error) {
    if (!ending.signal.aborted) throw error
    return INTERRUPTED
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

process.exitCode = await main()
