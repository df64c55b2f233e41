/** The compressors that obey the compressor rules. */

import { zlibCompressor } from '../../adapters/node/zlib-compressor.js'
import type { CompressorSubject } from './compressor.suite.js'

export interface CompressorAdapter {
  readonly name: string
  readonly make: () => Promise<CompressorSubject & { readonly dispose: () => Promise<void> }>
}

export const COMPRESSORS: readonly CompressorAdapter[] = [
  { name: 'zlibCompressor', make: async () => ({ compressor: zlibCompressor(), dispose: async () => undefined }) },
]
