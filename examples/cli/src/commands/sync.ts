/** `tidemark sync`: brings folder and server to rest, once. */

import type { SyncEngine, SyncReport } from 'tidemark'
import { amount, count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { atServer, folderEngine } from '../folder-engine.js'
import type { Output } from '../output.js'
import { changeWords, guardWords, problemWords } from '../plain-words.js'

/** Changes on this disk that are told one by one. */
const LISTED_MOST = 20

export interface SyncOptions {
  /** Id of a guard to say yes to. */
  readonly confirm?: string
  /** Id of a guard to say no to. */
  readonly decline?: string
}

export async function sync(folder: string, options: SyncOptions, { output, home, signal }: Context): Promise<ExitCode> {
  const { engine, link, transport } = folderEngine(folder, home)
  engine.on('progress', (counts) => output.progress.counts(counts, performance.now()))
  engine.on('status', (status) => output.progress.status(status))
  let listed = 0
  engine.on('change', (change) => {
    const words = changeWords(change)
    if (words !== null && listed++ < LISTED_MOST) output.line(`  ${words}`)
  })
  try {
    const report = await run(engine, options, signal)
    if (listed > LISTED_MOST) output.line(`  … and ${listed - LISTED_MOST} more`)
    if (!output.json) describe(report, folder, output)
    const { conflicts, problems, guards } = report
    const exit = exitCodeFor({ guards: guards.length, problems: problems.length + conflicts.length })
    return output.result(exit, { ...link, ...report })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

async function run(engine: SyncEngine, { confirm, decline }: SyncOptions, signal: AbortSignal): Promise<SyncReport> {
  if (confirm === undefined && decline === undefined) return engine.sync({ signal })
  // A guard is answered to a running engine: it has to see the same question first.
  await engine.start({ signal })
  await engine.sync({ signal })
  if (confirm !== undefined) await engine.confirm(confirm)
  if (decline !== undefined) await engine.decline(decline, { signal })
  return engine.sync({ signal })
}

function describe(report: SyncReport, folder: string, output: Output): void {
  const { paint } = output
  const { uploaded, downloaded, bytesUp, bytesDown, requests, conflicts, problems, guards, cursor } = report
  const open = problems.length + guards.length
  const sign = open > 0 ? paint.yellow('!') : paint.green('✔')
  const done = uploaded + downloaded === 0 ? 'nothing to do' : `${count(uploaded, 'change')} up, ${downloaded} down`
  output.line(`${sign} ${done}${cursor === null ? '' : `, at ${cursor.sequence}`}`)
  output.line(paint.dim(`  ${amount(bytesUp)} sent, ${amount(bytesDown)} received, ${count(requests, 'request')}`))
  for (const { path, copy } of conflicts) output.line(`${paint.yellow('!')} both kept: ${path}\n  and ${copy}`)
  for (const problem of problems) output.line(`${paint.yellow('!')} ${problemWords(problem)}`)
  for (const guard of guards) output.line(`${paint.yellow('?')} ${guardWords(guard, folder)}`)
}
