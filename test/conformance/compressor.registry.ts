/** The compressors that obey the compressor rules. */

import { zlibCompressor } from '../../adapters/node/zlib-compressor.js'
import type { Adapter } from './case.js'
import type { CompressorSubject } from './compressor.suite.js'

export type CompressorAdapter = Adapter<CompressorSubject>

export const COMPRESSORS: readonly CompressorAdapter[] = [
  { name: 'zlibCompressor', make: async () => ({ compressor: zlibCompressor(), dispose: async () => undefined }) },
]
