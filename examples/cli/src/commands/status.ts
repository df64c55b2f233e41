/**
 * `tidemark status`: how folder and server stand to each other, changing neither. It says what is known: without the
 * server it never claims to be in step.
 */

import { isTidemarkError, type Status, type SyncEngine } from 'tidemark'
import { count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { folderEngine } from '../folder-engine.js'
import { settingsWords } from '../folder-settings.js'
import { readWatched, type Watched } from '../linked-folder.js'
import { guardWords, problemWords } from '../plain-words.js'

interface Found {
  readonly status: Status
  /** Whether the server answered, or why not. */
  readonly reached: 'yes' | 'offline' | 'unauthorized'
  /** Null: nobody knows. */
  readonly inStep: boolean | null
  /** Steps that a sync would take; null: nobody knows. */
  readonly steps: number | null
  /** The `watch` that holds the folder and told this. */
  readonly watchedBy: number | null
}

/** Failures that leave something to be told. */
const AWAY: ReadonlySet<string> = new Set(['offline', 'busy', 'rate-limited', 'unauthorized'])

export async function status(folder: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const watched = readWatched(link.folder)
    const found = watched === null ? await look(engine, signal) : toldBy(watched)
    const { known, applied, pending, problems, guards } = found.status
    const { paint } = output
    output.line(`${found.inStep === true ? paint.green('✔') : paint.yellow('!')} ${words(found, folder)}`)
    const watcher = found.watchedBy === null ? '' : `; watched by process ${found.watchedBy}`
    output.line(paint.dim(`  ${link.folder} ⇄ '${link.workspace}' at ${link.server}${watcher}`))
    const wanted = settingsWords(link.settings)
    if (wanted !== null) output.line(paint.dim(`  ${wanted}`))
    for (const problem of problems) output.line(`${paint.yellow('!')} ${problemWords(problem)}`)
    for (const guard of guards) output.line(`${paint.yellow('?')} ${guardWords(guard, folder)}`)
    const { reached, inStep, steps, watchedBy } = found
    const exit = exitCodeFor({ guards: guards.length, problems: problems.length })
    const told = { reached, inStep, watchedBy, known, applied, pending, steps, problems, guards }
    return output.result(exit, { ...link, ...told })
  } finally {
    await engine.stop()
    await transport.close()
  }
}

async function look(engine: SyncEngine, signal: AbortSignal): Promise<Found> {
  try {
    const plan = await engine.plan({ signal })
    const status = { ...engine.status, guards: plan.guards }
    const steps = plan.operations.length
    const inStep = steps + plan.guards.length + status.problems.length + status.pending === 0
    return { status, reached: 'yes', inStep, steps, watchedBy: null }
  } catch (error) {
    if (!isTidemarkError(error) || !AWAY.has(error.code)) throw error
    return found(engine.status, error.code === 'unauthorized' ? 'unauthorized' : 'offline', null)
  }
}

function toldBy({ pid, status }: Watched): Found {
  const away = status.state === 'offline' || status.state === 'unauthorized'
  return found(status, away ? status.state : 'yes', pid)
}

function found(status: Status, reached: Found['reached'], watchedBy: number | null): Found {
  const open = status.pending > 0 || status.problems.length > 0 || status.guards.length > 0
  const inStep = open ? false : reached === 'yes' ? status.state === 'synced' : null
  return { status, reached, inStep, steps: null, watchedBy }
}

function words({ status: { known, pending }, reached, inStep, steps, watchedBy }: Found, folder: string): string {
  const at = known === null ? 'nothing known of it yet' : `known up to ${known.sequence}`
  const waiting = pending === 0 ? 'no change seen here since' : `${count(pending, 'change')} waiting here`
  if (reached === 'offline') return `the server cannot be reached: ${at}, ${waiting}`
  if (reached === 'unauthorized') return `not let in, log in again: ${at}, ${waiting}`
  if (inStep === true) return `in step at ${known?.sequence ?? 0}`
  if (watchedBy !== null)
    return pending === 0 ? 'in step but for this:' : `at work: ${count(pending, 'change')} waiting`
  if (steps === 0) return 'in step but for this:'
  return `not in step, ${count(pending, 'change')} waiting: 'tidemark plan ${folder}' says what would be done`
}
