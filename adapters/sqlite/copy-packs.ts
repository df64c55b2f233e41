/**
 * Copies pack files that somebody may be appending to, and rewriting into others. A rewrite is durable in another file before
 * the old one goes: so a round over all names in which none had gone has every chunk that was there when it began.
 */

import { mkdir, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { TidemarkError } from '../../src/index.js'
import { syncDirectory } from '../shared/sql-file.js'

export interface CopiedPacks {
  readonly packs: number
  readonly bytes: number
}

const PIECE = 4 * 1024 * 1024
const MOST_ROUNDS = 20

const codeOf = (error: unknown): unknown => (error as { code?: unknown } | null)?.code

export async function copyPacks(from: string, to: string): Promise<CopiedPacks> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  const sum = { packs: 0, bytes: 0 }
  for (const entry of await listed(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isFile()) sum.bytes += (await copyUpTo(source, target, 0)) ?? 0
    if (!entry.isDirectory()) continue
    const { packs, bytes } = await copyWorkspace(source, target)
    sum.packs += packs
    sum.bytes += bytes
  }
  syncDirectory(to)
  return sum
}

async function listed(directory: string) {
  return readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  })
}

async function copyWorkspace(from: string, to: string): Promise<CopiedPacks> {
  await mkdir(to, { recursive: true, mode: 0o700 })
  const copied = new Map<string, number>()
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const names = (await readdir(from)).filter((name) => name.endsWith('.pack')).sort()
    let isWhole = true
    for (const name of names) {
      const bytes = await copyUpTo(join(from, name), join(to, name), copied.get(name) ?? 0)
      if (bytes === null) isWhole = false
      else copied.set(name, bytes)
    }
    if (!isWhole) continue
    // what was rewritten meanwhile lies in a file of this round
    for (const name of copied.keys()) {
      if (names.includes(name)) continue
      await rm(join(to, name), { force: true })
      copied.delete(name)
    }
    syncDirectory(to)
    return { packs: copied.size, bytes: [...copied.values()].reduce((sum, bytes) => sum + bytes, 0) }
  }
  throw new TidemarkError('busy', 'The packs are rewritten faster than they can be copied.', {
    subject: from,
    next: 'Try again when garbage collection is through.',
    retryable: true,
  })
}

/** Up to the size it has now, from where an earlier round ended; null when it is gone. Its size in the copy. */
async function copyUpTo(from: string, to: string, start: number): Promise<number | null> {
  const source = await open(from, 'r').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  })
  if (source === null) return null
  try {
    const { size } = await source.stat()
    const target = await open(to, start === 0 ? 'w' : 'r+', 0o600)
    try {
      const buffer = new Uint8Array(Math.min(PIECE, Math.max(1, size - start)))
      let at = start
      while (at < size) {
        const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, size - at), at)
        if (bytesRead === 0) break
        await target.write(buffer, 0, bytesRead, at)
        at += bytesRead
      }
      await target.sync()
      return at
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}
