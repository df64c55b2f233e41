/**
 * `tidemark why`: why a path is not in step, the first thing to look at first. Changes neither side. While `watch` holds
 * the folder, it is said from what that told last.
 */

import type { Reason } from 'tidemark'
import type { Context } from '../command.js'
import { type ExitCode, exitCodeFor } from '../exit-codes.js'
import { atServer, folderEngine } from '../folder-engine.js'
import { readWatched, type Watched } from '../linked-folder.js'
import { linkedPath } from '../linked-path.js'
import { statusWords } from '../plain-words.js'

const IN_STEP: ReadonlySet<Reason['code']> = new Set(['synced'])
/** Reasons that end by themselves, or with the next sync. */
const PASSING: ReadonlySet<Reason['code']> = new Set([
  'not-started',
  'offline',
  'upload',
  'download',
  'change-up',
  'change-down',
  'retry',
  'looking',
  'below',
])

export async function why(given: string, { output, home, signal }: Context): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const watched = readWatched(link.folder)
    const reasons = watched === null ? await engine.why(path, { signal }) : toldBy(watched, path)
    const { paint } = output
    for (const { code, message, next } of reasons.filter(({ code }) => code !== 'not-started')) {
      output.line(`${IN_STEP.has(code) ? paint.green('✔') : paint.yellow('!')} ${message} ${paint.dim(`(${code})`)}`)
      if (next !== null) output.line(`  ${next}`)
    }
    const guards = reasons.filter(({ code }) => code === 'guard').length
    const problems = reasons.filter(({ code }) => !IN_STEP.has(code) && !PASSING.has(code) && code !== 'guard').length
    return output.result(exitCodeFor({ guards, problems }), { ...link, path, watchedBy: watched?.pid ?? null, reasons })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

/** All that a `watch` tells of single paths is its problems and guards. */
function toldBy({ pid, status }: Watched, path: string): readonly Reason[] {
  if (status.state === 'synced') return [{ code: 'synced', message: 'Both sides agree on it.', next: null }]
  const concerns = (at: string): boolean => at === path || isIn(at, path) || isIn(path, at)
  const met = status.problems.filter((problem) => concerns(problem.path))
  const away = status.state === 'offline' || status.state === 'unauthorized' || status.state === 'paused'
  return [
    ...(away ? [stateOf(status)] : []),
    ...status.guards.map(({ id, deletes, of }): Reason => {
      const message = `${deletes} of ${of} files would be deleted, perhaps this one: a guard asks.`
      return {
        code: 'guard',
        message,
        next: `Stop process ${pid}, then: tidemark sync --confirm ${id}, or --decline ${id}.`,
        guard: id,
      }
    }),
    ...met.map(({ code, message, path: at }): Reason => ({ code, message, next: null, path: at })),
    ...(met.length + status.guards.length === 0 && !away
      ? [{ code: 'looking', message: `Process ${pid} is at work: ${statusWords(status)}.`, next: null } as const]
      : []),
  ]
}

function stateOf(status: Watched['status']): Reason {
  const code = status.state === 'paused' ? 'root' : status.state === 'unauthorized' ? 'unauthorized' : 'offline'
  return { code, message: `${statusWords(status)}.`, next: status.why?.next ?? null }
}

function isIn(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`)
}
