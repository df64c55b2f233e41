/** The chunk stores that obey the chunk rules. */

import * as nodeFiles from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memfs } from 'memfs'
import { memfsDisk } from '../../adapters/memory/memfs-disk.js'
import { memoryChunkStore } from '../../adapters/shared/memory-chunk-store.js'
import { nodeDisk } from '../../adapters/shared/node-disk.js'
import { packChunkStore } from '../../adapters/shared/pack-chunk-store.js'
import { acquireLock } from '../../adapters/shared/sql-lock.js'
import { type Digest, portableHasher, TidemarkError, type WorkspaceId } from '../../src/index.js'
import { bytesBelow } from './stored-bytes.js'
import type { Adapter } from './case.js'
import type { ChunkCapability, ChunkSubject } from './chunk-store.suite.js'

export type ChunkAdapter = Adapter<ChunkSubject, ChunkCapability>

const hasher = portableHasher()
const digest = (bytes: Uint8Array): Digest => hasher.digest('chunk', bytes)

const counting = () => {
  let next = 0
  return { bytes: (length: number) => Uint8Array.from({ length }, () => (next += 37) & 0xff) }
}

/** The calls of Node's promised files that are needed to look into packs; memfs has them too. */
type Files = Pick<typeof nodeFiles, 'writeFile'> & {
  readonly readdir: (path: string) => Promise<string[]>
  readonly readFile: (path: string) => Promise<Buffer>
}

const NEWER = 'tidemark packs 2\n'

/** Flips a bit in the last byte of a chunk's record; its digest stands 16 bytes into the header of 60. */
async function rotPack(files: Files, directory: string, workspace: WorkspaceId, of: Digest): Promise<void> {
  for (const name of await files.readdir(join(directory, workspace))) {
    const path = join(directory, workspace, name)
    const bytes = await files.readFile(path)
    const at = bytes.indexOf(Buffer.from(of, 'hex'))
    if (at < 0) continue
    const last = at - 16 + 60 + bytes.readUInt32LE(at - 12) - 1
    bytes[last] = (bytes[last] as number) ^ 1
    await files.writeFile(path, bytes)
  }
}

async function packSubject(): Promise<ChunkSubject & { readonly dispose: () => Promise<void> }> {
  const root = await nodeFiles.mkdtemp(join(tmpdir(), 'tidemark-packs-'))
  const directory = join(root, 'packs')
  const lock = () => acquireLock(join(root, 'lock'), { subject: directory })
  return {
    store: () => packChunkStore({ disk: nodeDisk(), directory, random: counting(), targetBytes: 4_096, lock }),
    digest,
    rot: (workspace, of) => rotPack(nodeFiles, directory, workspace, of),
    makeNewer: () => nodeFiles.writeFile(join(directory, 'format'), NEWER),
    bytes: () => bytesBelow(root),
    dispose: () => nodeFiles.rm(root, { recursive: true, force: true }),
  }
}

export const CHUNK_STORES: readonly ChunkAdapter[] = [
  {
    name: 'memoryChunkStore',
    capabilities: [],
    make: async () => {
      const store = memoryChunkStore()
      return { store: () => store, digest, dispose: async () => {} }
    },
  },
  { name: 'packChunkStore on nodeDisk', capabilities: ['rot', 'makeNewer', 'bytes'], make: packSubject },
  {
    name: 'packChunkStore on memfsDisk',
    capabilities: ['rot', 'makeNewer', 'bytes'],
    make: async () => {
      const { vol, fs } = memfs({ '/root': null })
      const files = fs.promises as unknown as Files
      let held = false
      const lock = () => {
        if (held) throw new TidemarkError('locked', 'held', { subject: '/root/packs' })
        held = true
        return { release: () => void (held = false) }
      }
      return {
        store: () => packChunkStore({ disk: memfsDisk(vol), directory: '/root/packs', random: counting(), lock }),
        digest,
        rot: (workspace, of) => rotPack(files, '/root/packs', workspace, of),
        makeNewer: () => files.writeFile('/root/packs/format', NEWER),
        bytes: async () => JSON.stringify(vol.toJSON()),
        dispose: async () => {},
      }
    },
  },
]
