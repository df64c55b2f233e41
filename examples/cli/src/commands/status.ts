/**
 * `tidemark status`: how folder and server stand to each other, changing neither. It says what is known: without the
 * server it never claims to be in step.
 */

import { isTidemarkError, type SyncEngine, type Status, type Transport } from 'tidemark'
import { count } from '../amount.js'
import type { Context } from '../command.js'
import { EXIT, type ExitCode, exitCodeFor } from '../exit-codes.js'
import { folderEngine } from '../folder-engine.js'
import { type Link, readWatched, type Watched } from '../linked-folder.js'
import type { Output } from '../output.js'
import { guardWords, problemWords, statusWords } from '../plain-words.js'

/** Failures that leave something to be told. */
const AWAY: ReadonlySet<string> = new Set(['offline', 'busy', 'rate-limited', 'unauthorized'])

export async function status(folder: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { engine, link, transport } = folderEngine(folder, home)
  const watched = readWatched(link.folder)
  if (watched !== null) {
    await transport.close()
    return running(watched, link, folder, output)
  }
  try {
    const found = await look(engine, signal)
    describe(found, link, folder, output)
    const { guards, problems } = found.status
    const exit = exitCodeFor({ guards: guards.length, problems: problems.length })
    const { known, applied, pending } = found.status
    return output.result(exit, {
      ...link,
      running: null,
      server: found.server,
      inStep: found.inStep,
      known,
      applied,
      pending,
      problems,
      guards,
    })
  } finally {
    await close(engine, transport)
  }
}

async function close(engine: SyncEngine, transport: Transport): Promise<void> {
  await engine.stop()
  await transport.close()
}

interface Found {
  readonly status: Status
  /** What the server said, or why nobody knows. */
  readonly server: 'answered' | 'offline' | 'unauthorized'
  /** Null: nobody knows. */
  readonly inStep: boolean | null
}

async function look(engine: SyncEngine, signal: AbortSignal): Promise<Found> {
  try {
    const plan = await engine.plan({ signal })
    const status = { ...engine.status, guards: plan.guards }
    const open = plan.operations.length + plan.guards.length + status.problems.length + status.pending
    return { status, server: 'answered', inStep: open === 0 }
  } catch (error) {
    if (!isTidemarkError(error) || !AWAY.has(error.code)) throw error
    const { status } = engine
    return {
      status,
      server: error.code === 'unauthorized' ? 'unauthorized' : 'offline',
      inStep: status.pending > 0 ? false : null,
    }
  }
}

function describe(
  { status: { known, pending, problems, guards }, server, inStep }: Found,
  link: Link,
  folder: string,
  output: Output,
): void {
  const { paint } = output
  const at = known === null ? 'never synced' : `known up to ${known.sequence}`
  const waiting = pending === 0 ? '' : `, ${count(pending, 'change')} waiting`
  const words =
    server === 'offline'
      ? `server not reached, ${at}${waiting}${pending === 0 ? ', no change here since' : ''}`
      : server === 'unauthorized'
        ? `not let in: log in again, ${at}${waiting}`
        : inStep === true
          ? `in step at ${known?.sequence ?? 0}`
          : `not in step${waiting}: 'tidemark plan ${folder}' says what would be done`
  output.line(`${inStep === true ? paint.green('✔') : paint.yellow('!')} ${words}`)
  output.line(paint.dim(`  ${link.folder} ⇄ '${link.workspace}' at ${link.server}`))
  for (const problem of problems) output.line(`${paint.yellow('!')} ${problemWords(problem)}`)
  for (const guard of guards) output.line(`${paint.yellow('?')} ${guardWords(guard, folder)}`)
}

/** The folder is held by `watch`, which tells how it stands. */
function running({ pid, status }: Watched, link: Link, folder: string, output: Output): ExitCode {
  const { paint } = output
  output.line(`${status.state === 'synced' ? paint.green('✔') : paint.yellow('!')} ${statusWords(status)}`)
  output.line(paint.dim(`  ${link.folder} ⇄ '${link.workspace}' at ${link.server}; watched by process ${pid}`))
  for (const problem of status.problems) output.line(`${paint.yellow('!')} ${problemWords(problem)}`)
  for (const guard of status.guards) output.line(`${paint.yellow('?')} ${guardWords(guard, folder)}`)
  const inStep =
    status.state === 'synced' ? true : status.state === 'offline' || status.state === 'unauthorized' ? null : false
  const { known, applied, pending, problems, guards } = status
  const server = status.state === 'offline' || status.state === 'unauthorized' ? status.state : 'answered'
  const exit = exitCodeFor({ guards: guards.length, problems: problems.length })
  return output.result(exit === EXIT.done ? EXIT.done : exit, {
    ...link,
    running: { pid, state: status.state },
    server,
    inStep,
    known,
    applied,
    pending,
    problems,
    guards,
  })
}
