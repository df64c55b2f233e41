/** P14: chunking and hashing of a large file, against `b2sum` in the same run. */

import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type * as core from 'tidemark'
import type * as node from 'tidemark/node'
import { now } from './contender.js'
import { outcomeOf } from './outcome.js'
import type { Probe } from './probe.js'
import { median } from './targets.js'
import { MIB, writeRandomFile } from './trees.js'

const BYTES = 256 * MIB
const ROUNDS = 5

export const HASH: Probe = {
  id: 'P14',
  title: 'chunking and hashing 256 MiB, against b2sum',
  async run({ checkout, directory, seed, tell }) {
    const { nodeFolder } = (await import(resolve(checkout, 'dist/node.js'))) as typeof node
    const { defaultContentRule } = (await import(resolve(checkout, 'dist/index.js'))) as typeof core
    const folder = join(directory, 'folder')
    mkdirSync(folder)
    writeRandomFile(join(folder, 'large.bin'), seed, BYTES)
    const { local } = nodeFolder(folder)
    const rule = defaultContentRule('0'.repeat(32), null)
    await local.open()
    const [own, peer]: [number[], number[]] = [[], []]
    try {
      for (let round = 0; round <= ROUNDS; round++) {
        const began = now()
        const described = await local.describe('large.bin', rule)
        const between = now()
        const { status } = spawnSync('b2sum', [join(folder, 'large.bin')])
        if (described.state !== 'read' || status !== 0) throw new Error('the file was not read')
        // The first round warms both up.
        if (round > 0) own.push(between - began)
        if (round > 0) peer.push(now() - between)
      }
    } finally {
      await local.close()
    }
    const speed = (spans: readonly number[]): number => BYTES / MIB / (median(spans) / 1_000)
    tell(`ours ${speed(own).toFixed(0)} MiB a second, b2sum ${speed(peer).toFixed(0)}`)
    const what = 'MB a second of ours / of b2sum'
    return [outcomeOf({ id: 'P14', what, must: 0.7, goal: 1.5, bound: 'least' }, speed(own) / speed(peer))]
  },
}
