/** Chunks and manifests: their lengths in the head, digests and bytes in the body. Unknown encodings are refused, never guessed. */

import * as v from 'valibot'
import { TidemarkError } from '../errors.js'
import type { BodyReader, BodyWriter } from './body.js'
import { LIMITS } from './limits.js'
import { decodeManifestWire, encodeManifestWire } from './manifest-wire.js'
import type { GetSignaturesAnswer, WireChunk, WireManifest } from './messages.js'
import { count, encoding, list, natural } from './schema.js'

const chunkLength = count(LIMITS.chunkBytes, 1)
const chunkSchema = v.object({ l: chunkLength, e: v.optional(encoding), b: v.optional(count(LIMITS.deltaBases, 1)) })
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
    if (chunk.encoding !== 'delta') {
      const l = body.bytes(chunk.bytes)
      return chunk.encoding === 'identity' ? { l } : { l, e: chunk.encoding }
    }
    const b = body.digests(chunk.bases ?? [])
    return { l: body.bytes(chunk.bytes), e: 'delta', b }
  })
}

export function fromChunksWire(wire: ChunksWire, body: BodyReader): readonly WireChunk[] {
  return wire.map(({ l, e = 'identity', b }) => {
    if (e !== 'identity' && e !== 'delta') {
      throw new TidemarkError('unknown-encoding', `Chunk encoding ${e} is not known.`, {
        subject: 'chunks.encoding',
      })
    }
    if ((e === 'delta') !== (b !== undefined)) {
      throw new TidemarkError('invalid', 'A delta, and nothing else, names the chunks it is made of.', {
        subject: 'chunks.bases',
      })
    }
    const digest = body.digest('chunks.digest')
    const bases = b === undefined ? {} : { bases: body.digests(b, 'chunks.bases') }
    return { digest, encoding: e, ...bases, bytes: body.bytes(l, 'chunks.bytes') }
  })
}

export const signaturesSchema = list(v.nullable(v.object({ n: chunkLength, l: chunkLength })), LIMITS.chunks)
export type SignaturesWire = v.InferOutput<typeof signaturesSchema>

export function toSignaturesWire(signatures: GetSignaturesAnswer['signatures'], body: BodyWriter): SignaturesWire {
  return signatures.map((of) => (of === null ? null : { n: of.length, l: body.bytes(of.blocks) }))
}

export function fromSignaturesWire(wire: SignaturesWire, body: BodyReader): GetSignaturesAnswer['signatures'] {
  return wire.map((of) => (of === null ? null : { length: of.n, blocks: body.bytes(of.l, 'signatures.blocks') }))
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
