/** Chunks and manifests: their lengths in the head, digests and bytes in the body. Unknown encodings are refused, never guessed. */

import * as v from 'valibot'
import { TidemarkError } from '../errors.js'
import type { BodyReader, BodyWriter } from './body.js'
import { LIMITS } from './limits.js'
import { decodeManifestWire, encodeManifestWire } from './manifest-wire.js'
import type { WireChunk, WireManifest } from './messages.js'
import { count, encoding, list, natural } from './schema.js'

const chunkLength = count(LIMITS.chunkBytes, 1)
const chunkSchema = v.object({ l: chunkLength, e: v.optional(encoding) })
export const chunksSchema = list(chunkSchema, LIMITS.chunks)
export type ChunksWire = v.InferOutput<typeof chunksSchema>

export const manifestsSchema = list(
  v.variant('f', [
    v.object({ f: v.literal('w'), n: count(LIMITS.manifestChunks), l: natural }),
    v.object({ f: v.literal('p'), l: natural }),
  ]),
  LIMITS.manifests,
)
export type ManifestsWire = v.InferOutput<typeof manifestsSchema>

export function toChunksWire(chunks: readonly WireChunk[], body: BodyWriter): ChunksWire {
  return chunks.map((chunk) => {
    body.digests([chunk.digest])
    const l = body.bytes(chunk.bytes)
    return chunk.encoding === 'identity' ? { l } : { l, e: chunk.encoding }
  })
}

export function fromChunksWire(wire: ChunksWire, body: BodyReader): readonly WireChunk[] {
  return wire.map(({ l, e = 'identity' }) => {
    if (e !== 'identity') {
      throw new TidemarkError('unknown-encoding', `Chunk encoding ${e} is not known.`, {
        subject: 'chunks.encoding',
      })
    }
    return { digest: body.digest('chunks.digest'), encoding: e, bytes: body.bytes(l, 'chunks.bytes') }
  })
}

export function toManifestsWire(manifests: readonly WireManifest[], body: BodyWriter): ManifestsWire {
  return manifests.map((manifest) => {
    body.digests([manifest.digest])
    if (manifest.form === 'whole') {
      const { chunks } = manifest.manifest
      return { f: 'w', n: chunks.length, l: body.bytes(encodeManifestWire(manifest.manifest)) }
    }
    body.digests([manifest.base])
    return { f: 'p', l: body.bytes(manifest.patch) }
  })
}

export function fromManifestsWire(wire: ManifestsWire, body: BodyReader): readonly WireManifest[] {
  return wire.map((entry) => {
    const digest = body.digest('manifests.digest')
    if (entry.f === 'w') {
      return { form: 'whole', digest, manifest: decodeManifestWire(body.bytes(entry.l, 'manifests.whole'), entry.n) }
    }
    const base = body.digest('manifests.base')
    return { form: 'patch', digest, base, patch: body.bytes(entry.l, 'manifests.patch') }
  })
}
