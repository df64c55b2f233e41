/**
 * CRC-32 (IEEE 802.3, reflected polynomial 0xEDB88320), eight bytes a step. It tells a torn or rotten record from a whole
 * one; it says nothing about intent: digests do that. Source: Kounavis and Berry, "Slicing-by-8", Intel, 2005.
 */

/** Continues from `start` (0 at first). Bit-identical with `zlib.crc32`. */
export type Crc32 = (bytes: Uint8Array, start?: number) => number

const SLICES = 8
const TABLES = makeTables()

function makeTables(): readonly Uint32Array[] {
  const tables = Array.from({ length: SLICES }, () => new Uint32Array(256))
  const [first] = tables as [Uint32Array]
  for (let byte = 0; byte < 256; byte += 1) {
    let rest = byte
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
    first[byte] = rest >>> 0
  }
  for (let slice = 1; slice < SLICES; slice += 1) {
    const before = tables[slice - 1] as Uint32Array
    for (let byte = 0; byte < 256; byte += 1) {
      const value = before[byte] as number
      ;(tables[slice] as Uint32Array)[byte] = (value >>> 8) ^ (first[value & 0xff] as number)
    }
  }
  return tables
}

export const crc32: Crc32 = (bytes, start = 0) => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  const at = (index: number): number => bytes[index] as number
  let crc = ~start
  let position = 0
  for (const stop = bytes.length - 7; position < stop; position += 8) {
    const low = crc ^ (at(position) | (at(position + 1) << 8) | (at(position + 2) << 16) | (at(position + 3) << 24))
    crc =
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[at(position + 4)] as number) ^
      (t2[at(position + 5)] as number) ^
      (t1[at(position + 6)] as number) ^
      (t0[at(position + 7)] as number)
  }
  for (; position < bytes.length; position += 1) crc = (crc >>> 8) ^ (t0[(crc ^ at(position)) & 0xff] as number)
  return ~crc >>> 0
}
