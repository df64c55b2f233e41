/** The compressors that obey the compressor rules. */

import { streamCompressor } from '../../adapters/browser/stream-compressor.js'
import { zlibCompressor } from '../../adapters/node/zlib-compressor.js'
import type { Adapter } from './case.js'
import type { CompressorSubject } from './compressor.suite.js'

export type CompressorAdapter = Adapter<CompressorSubject>

function ofStreams(): CompressorSubject {
  const compressor = streamCompressor()
  if (compressor === null) throw new Error('this Node has no compression streams')
  return { compressor }
}

export const COMPRESSORS: readonly CompressorAdapter[] = [
  { name: 'zlibCompressor', make: async () => ({ compressor: zlibCompressor(), dispose: async () => undefined }) },
  { name: 'streamCompressor', make: async () => ({ ...ofStreams(), dispose: async () => undefined }) },
]
