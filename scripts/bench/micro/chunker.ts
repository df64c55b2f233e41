/** Where the chunks of a large file end: the rolling hash alone. */

import { boundaryTable, Chunker, chunkSizes, defaultContentRule } from '../../../src/index.js'
import { SeededBytes } from '../seeded-bytes.js'
import { MIB } from '../trees.js'
import { figure, type MicroBench } from './micro-bench.js'

const MEBIBYTES = 64
const BOUNDARY_SEED = '5'.repeat(32)

export const CHUNKER: MicroBench = {
  name: 'chunker',
  async run({ seed }) {
    const bytes = new SeededBytes(seed).bytes(MEBIBYTES * MIB)
    const sizes = chunkSizes(defaultContentRule(BOUNDARY_SEED, null), bytes.length)
    const table = boundaryTable(BOUNDARY_SEED)
    const what = `chunker, ${MEBIBYTES} MiB of noise in pieces of 1 MiB`
    return [
      await figure({ what, amount: MEBIBYTES, unit: 'MiB' }, () => () => {
        const chunker = new Chunker(sizes, table)
        for (let at = 0; at < bytes.length; at += MIB) chunker.push(bytes.subarray(at, at + MIB))
        return chunker.finish()
      }),
    ]
  },
}
