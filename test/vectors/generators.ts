/** The tiny generators that the vectors describe their inputs by. Written to be repeated in any language in ten lines. */

export type Generator =
  | { readonly type: 'random'; readonly seed: number }
  | { readonly type: 'letters'; readonly seed: number }
  | { readonly type: 'period'; readonly seed: number; readonly period: number }
  | { readonly type: 'constant'; readonly byte: number }

/** Stands in the vectors file, for other hosts. */
export const GENERATOR_TEXT = [
  'xorshift32: state = seed (not 0); per byte: state ^= state << 13; state ^= state >>> 17; state ^= state << 5 (32 bits, unsigned); byte = state >>> 24',
  'random: these bytes',
  'letters: 97 + (byte & 15) for each of these bytes',
  'period: the first `period` of these bytes, over and over',
  'constant: one byte, over and over',
]

export function xorshift32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function generate(generator: Generator, size: number): Uint8Array {
  if (generator.type === 'constant') return new Uint8Array(size).fill(generator.byte)
  const bytes = new Uint8Array(size)
  const next = xorshift32(generator.seed)
  const fresh = generator.type === 'period' ? Math.min(size, generator.period) : size
  for (let at = 0; at < fresh; at++) bytes[at] = next() >>> 24
  if (generator.type === 'letters') return bytes.map((byte) => 97 + (byte & 15))
  for (let at = fresh; at < size; at++) bytes[at] = bytes[at - fresh] ?? 0
  return bytes
}
