/** Small JSON files of our own: written whole under another name, then renamed; readable by their owner only. */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TidemarkError } from 'tidemark'
import { isAlive } from './is-alive.js'

const VERSION = 1
/** What this process has looked after. */
const swept = new Set<string>()

/** Null when there is none. @throws corrupt, newer-version, io */
export function readPrivate(path: string, format: string): Readonly<Record<string, unknown>> | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null
    const next = 'Give this user the right to read it.'
    throw new TidemarkError('io', `${path} cannot be read (${codeOf(error)})`, { subject: path, next, cause: error })
  }
  const value = parse(text)
  if (value === null || value['format'] !== format || typeof value['version'] !== 'number') {
    throw new TidemarkError('corrupt', `${path} is not what tidemark wrote there`, {
      subject: path,
      next: 'Move it away, then log in or link again.',
    })
  }
  if (value['version'] > VERSION) {
    throw new TidemarkError('newer-version', `${path} was written by a newer tidemark`, {
      subject: path,
      next: 'Update tidemark here. The file was not touched.',
    })
  }
  return value
}

/** Its directory is made when absent. @throws io */
export function writePrivate(path: string, format: string, data: Readonly<Record<string, unknown>>): void {
  const fresh = `${path}.${process.pid}.new`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    sweep(path)
    writeFileSync(fresh, `${JSON.stringify({ format, version: VERSION, ...data }, null, 2)}\n`, { mode: 0o600 })
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    const next = 'Check that this user may write there.'
    throw new TidemarkError('io', `${path} cannot be written (${codeOf(error)})`, { subject: path, next, cause: error })
  }
}

/** A process that was killed between writing and renaming left its file behind. */
function sweep(path: string): void {
  if (swept.has(path)) return
  swept.add(path)
  const [directory, start] = [dirname(path), `${basename(path)}.`]
  for (const name of readdirSync(directory)) {
    const [, pid] = name.startsWith(start) ? (/^(\d+)\.new$/.exec(name.slice(start.length)) ?? []) : []
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(directory, name), { force: true })
  }
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
