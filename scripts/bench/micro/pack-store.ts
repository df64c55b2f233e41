/** The chunk store of the embedded default on a real disk: durable puts of fresh chunks, and reading them. */

import { join } from 'node:path'
import { nodeDisk, systemRandom } from '../../../adapters/node/index.js'
import { packChunkStore } from '../../../adapters/sqlite/index.js'
import type { Digest, StoredChunk, WorkspaceId } from '../../../src/index.js'
import { SeededBytes } from '../seeded-bytes.js'
import { KIB } from '../trees.js'
import { figure, type MicroBench } from './micro-bench.js'

const WORKSPACE = '7'.repeat(32) as WorkspaceId
const CHUNKS = 128
const CHUNK_KIB = 8
const PUTS = 16

export const PACK_STORE: MicroBench = {
  name: 'pack store',
  async run({ directory, seed }) {
    const store = packChunkStore({ disk: nodeDisk(), directory: join(directory, 'packs'), random: systemRandom() })
    const source = new SeededBytes(seed)
    const fresh = (): readonly StoredChunk[] => Array.from({ length: CHUNKS }, () => chunkOf(source))
    let held: readonly StoredChunk[] = []
    const size = { amount: (PUTS * CHUNKS * CHUNK_KIB) / KIB, unit: 'MiB' }
    const each = `${PUTS} times ${CHUNKS} chunks of ${CHUNK_KIB} KiB`
    await store.open()
    try {
      const put = await figure({ what: `pack store, put, ${each}`, ...size }, () => {
        const batches = Array.from({ length: PUTS }, fresh)
        held = batches[0] ?? []
        return async () => {
          for (const batch of batches) await store.put(WORKSPACE, batch)
        }
      })
      const digests = held.map(({ digest }) => digest)
      const got = await figure({ what: `pack store, got, ${each}`, ...size }, () => async () => {
        for (let at = 0; at < PUTS; at++)
          if ((await store.get(WORKSPACE, digests)).includes(null)) throw new Error('a chunk is not there')
      })
      return [put, got]
    } finally {
      await store.close()
    }
  },
}

function chunkOf(source: SeededBytes): StoredChunk {
  return {
    digest: source.bytes(32).toString('hex') as Digest,
    encoding: 'identity',
    bytes: source.bytes(CHUNK_KIB * KIB),
  }
}
