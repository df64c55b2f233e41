/** The patch of a long manifest: made by the side that changed, applied by the other. */

import { applyPatch, type ChunkRef, type Digest, makePatch, type Manifest } from '../../../src/index.js'
import { SeededBytes } from '../seeded-bytes.js'
import { figure, type MicroBench } from './micro-bench.js'

const CHUNKS = 32_768
const EDITS = 64
const LENGTH = 8_192

export const PATCH: MicroBench = {
  name: 'patch',
  async run({ seed }) {
    const source = new SeededBytes(seed)
    const base = manifestOf(Array.from({ length: CHUNKS }, () => chunkOf(source)))
    const edited = [...base.chunks]
    for (let edit = 0; edit < EDITS; edit++) edited[source.below(CHUNKS)] = chunkOf(source)
    const next = manifestOf(edited)
    const patch = makePatch(base, next)
    const size = { amount: CHUNKS, unit: 'chunks' }
    return [
      await figure(
        { what: `patch made, ${CHUNKS} chunks, ${EDITS} edits`, ...size },
        () => () => makePatch(base, next),
      ),
      await figure({ what: 'patch applied', ...size }, () => () => applyPatch(base, patch)),
    ]
  },
}

function chunkOf(source: SeededBytes): ChunkRef {
  return { digest: source.bytes(32).toString('hex') as Digest, length: LENGTH }
}

function manifestOf(chunks: readonly ChunkRef[]): Manifest {
  return { chunks, size: chunks.length * LENGTH }
}
