/** Made-up chunks, the same for a seed, and a pack store over a disk that loses power. */

import type { Digest, StoredChunk, WorkspaceId } from '../../src/index.js'
import { packChunkStore } from '../../adapters/shared/pack-chunk-store.js'
import type { CrashDisk } from './crash-disk.js'

export const WORKSPACE = '00000000000000000000000000000001' as WorkspaceId
export const PACK = `/packs/${WORKSPACE}/00000001.pack`

/** xorshift32: the same numbers for a seed, everywhere. */
export function numbers(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const made = new Map<string, StoredChunk>()

export function chunk(seed: number, bytes: number): StoredChunk {
  const known = made.get(`${seed}/${bytes}`)
  if (known !== undefined) return known
  const fresh = makeChunk(seed, bytes)
  made.set(`${seed}/${bytes}`, fresh)
  return fresh
}

function makeChunk(seed: number, bytes: number): StoredChunk {
  const next = numbers(seed * 7_919 + 13)
  const digest = Array.from({ length: 8 }, () => next().toString(16).padStart(8, '0')).join('') as Digest
  return {
    digest,
    encoding: seed % 5 === 0 ? 'later' : 'identity',
    bytes: Uint8Array.from({ length: bytes }, () => next() & 0xff),
  }
}

export function seeded(seed: number): { bytes(length: number): Uint8Array } {
  const next = numbers(seed)
  return { bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff) }
}

export const storeOn = (disk: CrashDisk, seed = 1) =>
  packChunkStore({ disk, directory: '/packs', random: seeded(seed), targetBytes: 4_096 })

export const codeOf = (run: Promise<unknown>): Promise<string | undefined> =>
  run.then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  )
