/** `tidemark resolve`: a person's answer to one conflict, or to all of a folder, and shows it in the folder. */

import type { ConflictChoice, Resolutions, SyncEngine } from 'tidemark'
import { count } from '../amount.js'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { explain } from '../explain.js'
import { atServer, folderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'

export interface ResolveOptions {
  /** Every copy in the directory that is given. */
  readonly all?: boolean
}

export async function resolve(
  given: string,
  choice: ConflictChoice,
  options: ResolveOptions,
  { output, home, signal }: Context,
): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const { resolved, left } = await answer(engine, path, choice, options, signal)
    const { problems, guards } = await engine.sync({ signal })
    const { paint } = output
    for (const { copy } of resolved) output.line(`${paint.green('✔')} ${choice}: ${copy}`)
    for (const { copy, error } of left) output.line(`${paint.yellow('!')} left: ${copy}\n  ${error.message}`)
    output.line(paint.dim(`  ${count(resolved.length, 'conflict')} answered, ${left.length} left`))
    const exit = exitCodeFor({ guards: guards.length, problems: problems.length + left.length })
    const open = left.map(({ copy, error }) => ({ copy, error: explain(error) }))
    return output.result(exit, { ...link, choice, resolved, left: open, problems, guards })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

async function answer(
  engine: SyncEngine,
  path: string,
  choice: ConflictChoice,
  { all }: ResolveOptions,
  signal: AbortSignal,
): Promise<Resolutions> {
  if (all === true) return engine.conflicts.resolveAll(choice, { folder: path, signal })
  return { resolved: [await engine.conflicts.resolve(path, choice, { signal })], left: [] }
}
