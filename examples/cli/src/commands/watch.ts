/** `tidemark watch`: keeps folder and server in step until it is stopped. With `--json` one line per event. */

import { rmSync } from 'node:fs'
import { isTidemarkError, type ProgressCounts, type SyncEngine } from 'tidemark'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { explain } from '../explain.js'
import { folderEngine } from '../folder-engine.js'
import { ended } from '../interrupt.js'
import { watchPath, writeWatched } from '../linked-folder.js'
import type { Output } from '../output.js'
import { changeWords, guardWords, problemWords, statusWords } from '../plain-words.js'

const PROGRESS_MS = 200

export async function watch(folder: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { engine, link, transport } = folderEngine(folder, home)
  if (output.json) tellPrograms(engine, output)
  else tellPeople(engine, folder, output)
  try {
    await engine.start({ signal })
    output.event('ready', { ...link, pid: process.pid })
    output.line(`Watching ${link.folder}, linked to '${link.workspace}' at ${link.server}; Ctrl-C stops it`)
    engine.on('status', (status) => writeWatched(link.folder, { pid: process.pid, status }))
    writeWatched(link.folder, { pid: process.pid, status: engine.status })
    const ending = await ended(signal)
    return ending === 'SIGINT' ? EXIT.interrupted : EXIT.done
  } finally {
    // Both at once: a request that waits for its answer would hold the engine up.
    await Promise.all([engine.stop(), transport.close()])
    rmSync(watchPath(link.folder), { force: true })
    output.progress.clear()
  }
}

function tellPeople(engine: SyncEngine, folder: string, output: Output): void {
  const { paint } = output
  let last = ''
  engine.on('progress', (counts) => output.progress.counts(counts, performance.now()))
  engine.on('change', (change) => {
    const words = changeWords(change)
    if (words !== null) output.line(`  ${words}`)
  })
  engine.on('status', (status) => {
    output.progress.status(status)
    const words = statusWords(status)
    // While it works, the progress line speaks.
    if (words === last || status.state === 'syncing' || status.state === 'stopped') return
    last = words
    output.line(`${status.state === 'synced' ? paint.green('✔') : paint.yellow('!')} ${words}`)
  })
  engine.on('conflict', ({ path, copy }) => output.line(`${paint.yellow('!')} both kept: ${path}\n  and ${copy}`))
  engine.on('problem', (problem) => output.line(`${paint.yellow('!')} ${problemWords(problem)}`))
  engine.on('guard', (guard) => output.line(`${paint.yellow('?')} ${guardWords(guard, folder)}`))
  engine.on('error', (error) => {
    const { message, code, next } = explain(error)
    output.line(`${paint.red('✘')} ${message} (${code})\n  ${next}`)
  })
}

/** Progress is thinned out; the counts are whole again before each status. */
function tellPrograms(engine: SyncEngine, output: Output): void {
  let counts: ProgressCounts | null = null
  let told = 0
  const progress = (): void => {
    if (counts !== null) output.event('progress', { ...counts })
    counts = null
    told = performance.now()
  }
  engine.on('progress', (now) => {
    counts = now
    if (performance.now() - told >= PROGRESS_MS) progress()
  })
  engine.on('status', (status) => {
    progress()
    output.event('status', { ...status })
  })
  engine.on('change', (change) => output.event('change', { ...change }))
  engine.on('conflict', (conflict) => output.event('conflict', { ...conflict }))
  engine.on('problem', (problem) => output.event('problem', { ...problem }))
  engine.on('guard', (guard) => output.event('guard', { ...guard }))
  engine.on('reset', ({ reason, plan }) => output.event('reset', { reason, operations: plan.operations.length }))
  engine.on('error', (error) =>
    output.event('error', { error: isTidemarkError(error) ? error.toJSON() : explain(error) }),
  )
}
