/** Digests of chunks, by the hasher of the Node adapter and by the reference of the core. */

import { wasmHasher } from '../../../adapters/node/index.js'
import { type Hasher, portableHasher } from '../../../src/index.js'
import { SeededBytes } from '../seeded-bytes.js'
import { KIB, MIB } from '../trees.js'
import { figure, type MicroBench, type MicroFigure } from './micro-bench.js'

export const HASHER: MicroBench = {
  name: 'hasher',
  async run({ seed }) {
    const wasm = await wasmHasher()
    const rows: readonly (readonly [string, Hasher, chunkKib: number, mebibytes: number])[] = [
      ['wasm', wasm, 8, 64],
      ['wasm', wasm, 64, 64],
      ['portable', portableHasher(), 8, 4],
    ]
    const figures: MicroFigure[] = []
    for (const [name, hasher, chunkKib, mebibytes] of rows) {
      const bytes = new SeededBytes(seed).bytes(mebibytes * MIB)
      const what = `hasher, ${name}, ${mebibytes} MiB in chunks of ${chunkKib} KiB`
      const call = (): void => {
        const step = chunkKib * KIB
        for (let at = 0; at < bytes.length; at += step) hasher.digest('chunk', bytes.subarray(at, at + step))
      }
      figures.push(await figure({ what, amount: mebibytes, unit: 'MiB' }, () => call))
    }
    return figures
  },
}
