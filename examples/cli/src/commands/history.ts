/** `tidemark history`: what is kept of whatever stood at a path. */

import type { HistoryEntry } from 'tidemark'
import { amount } from '../amount.js'
import type { Context } from '../command.js'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { atServer, folderEngine } from '../folder-engine.js'
import { linkedPath } from '../linked-path.js'

export interface HistoryOptions {
  readonly limit: number
}

const STATE_WIDTH = 'superseded'.length

export async function history(
  given: string,
  { limit }: HistoryOptions,
  { output, home, signal }: Context,
): Promise<ExitCode> {
  const { folder, path } = linkedPath(given)
  const { engine, link, transport } = folderEngine(folder, home)
  try {
    const entries = await engine.history(path, { limit, signal })
    const { paint } = output
    for (const entry of entries) output.line(entryWords(entry, paint.dim))
    if (entries.length === 0) output.line(`Nothing is kept of ${path}.`)
    return output.result(EXIT.done, { ...link, path, entries })
  } catch (error) {
    throw atServer(error, link)
  } finally {
    await engine.stop()
    await transport.close()
  }
}

function entryWords(entry: HistoryEntry, dim: (text: string) => string): string {
  const { sequence, state, acceptedAt, kind, size, path } = entry
  const when = `${new Date(acceptedAt).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  const what = kind === 'file' ? amount(size) : kind
  return `${String(sequence).padStart(6)}  ${state.padEnd(STATE_WIDTH)}  ${dim(when)}  ${what.padStart(10)}  ${path}`
}
