/** The chunk stores that obey the chunk rules. */

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memfs } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryChunkStore } from '../../adapters/memory/memory-chunk-store.js'
import { nodeDisk } from '../../adapters/shared/node-disk.js'
import { packChunkStore } from '../../adapters/shared/pack-chunk-store.js'
import { acquireLock } from '../../adapters/shared/sql-lock.js'
import { type Digest, portableHasher, TidemarkError, type WorkspaceId } from '../../src/index.js'
import { bytesBelow } from './stored-bytes.js'
import type { ChunkCapability, ChunkSubject } from './chunk-store.suite.js'

export interface ChunkAdapter {
  readonly name: string
  /** Why it cannot run here; null when it can. */
  readonly missing: string | null
  /** What its subjects can do beyond `store`. */
  readonly capabilities: readonly ChunkCapability[]
  readonly make: () => Promise<ChunkSubject & { readonly dispose: () => Promise<void> }>
}

const hasher = portableHasher()
const digest = (bytes: Uint8Array): Digest => hasher.digest('chunk', bytes)

const counting = () => {
  let next = 0
  return { bytes: (length: number) => Uint8Array.from({ length }, () => (next += 37) & 0xff) }
}

/** Flips a bit in the last byte of a chunk's record; its digest stands 16 bytes into the header of 60. */
async function rotPack(directory: string, workspace: WorkspaceId, of: Digest): Promise<void> {
  for (const name of await readdir(join(directory, workspace))) {
    const path = join(directory, workspace, name)
    const bytes = await readFile(path)
    const at = bytes.indexOf(Buffer.from(of, 'hex'))
    if (at < 0) continue
    const last = at - 16 + 60 + bytes.readUInt32LE(at - 12) - 1
    bytes[last] = (bytes[last] as number) ^ 1
    await writeFile(path, bytes)
  }
}

async function packSubject(): Promise<ChunkSubject & { readonly dispose: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'tidemark-packs-'))
  const directory = join(root, 'packs')
  const lock = () => acquireLock(join(root, 'lock'), { subject: directory })
  return {
    store: () => packChunkStore({ disk: nodeDisk(), directory, random: counting(), targetBytes: 4_096, lock }),
    digest,
    rot: (workspace, of) => rotPack(directory, workspace, of),
    makeNewer: () => writeFile(join(directory, 'format'), 'tidemark packs 2\n'),
    bytes: () => bytesBelow(root),
    dispose: () => rm(root, { recursive: true, force: true }),
  }
}

export const CHUNK_STORES: readonly ChunkAdapter[] = [
  {
    name: 'memoryChunkStore',
    missing: null,
    capabilities: [],
    make: async () => {
      const store = memoryChunkStore()
      return { store: () => store, digest, dispose: async () => {} }
    },
  },
  { name: 'packChunkStore on nodeDisk', missing: null, capabilities: ['rot', 'makeNewer', 'bytes'], make: packSubject },
  {
    name: 'packChunkStore on memfsDisk',
    missing: null,
    capabilities: [],
    make: async () => {
      const { vol } = memfs({ '/root': null })
      let held = false
      const lock = () => {
        if (held) throw new TidemarkError('locked', 'held', { subject: '/root/packs' })
        held = true
        return { release: () => void (held = false) }
      }
      return {
        store: () => packChunkStore({ disk: memfsDisk(vol), directory: '/root/packs', random: counting(), lock }),
        digest,
        dispose: async () => {},
      }
    },
  },
]
