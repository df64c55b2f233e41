/** P13: how long the event loop of the app that embeds the engine is held up while it works. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { OurMeeting } from './ours.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Probe, ProbeContext } from './probe.js'
import { MIB, writeRandomFile, writeSmallFiles } from './trees.js'

type Write = (path: string, seed: string) => void

const LOADS: readonly (readonly [what: string, write: Write])[] = [
  ['W1', (path, seed) => writeSmallFiles(path, seed, { files: 10_000, sizes: [1_000, 16_000], perDirectory: 100 })],
  ['W2', (path, seed) => writeRandomFile(path, seed, 256 * MIB)],
  [
    '100,000 files',
    (path, seed) => writeSmallFiles(path, seed, { files: 100_000, sizes: [64, 512], perDirectory: 100 }),
  ],
]

export const HOST: Probe = {
  id: 'P13',
  title: 'the event loop of the host',
  async run(context) {
    const outcomes: Outcome[] = []
    for (const [at, [what, write]] of LOADS.entries()) outcomes.push(...(await under(context, what, write, at)))
    return outcomes
  },
}

async function under(
  { checkout, directory, seed, tell }: ProbeContext,
  what: string,
  write: Write,
  at: number,
): Promise<readonly Outcome[]> {
  const room = join(directory, String(at))
  mkdirSync(room)
  const meeting = await OurMeeting.open({ checkout }, room)
  try {
    write(join(room, 'load'), seed)
    for (const device of meeting.devices) await device.watchDelays()
    await meeting.arrive(join(room, 'load'))
    const gauges = await Promise.all(meeting.devices.map((device) => device.gauges()))
    return gauges.map(({ delayP99Ms, delayMaxMs }, side) => {
      const name = side === 0 ? 'sends' : 'receives'
      tell(`${what}, ${name}: p99 ${delayP99Ms.toFixed(1)} ms, at most ${delayMaxMs.toFixed(1)} ms`)
      return outcomeOf({ id: 'P13', what: `p99 in ms, ${what}, ${name}`, must: 20, goal: 8 }, delayP99Ms)
    })
  } finally {
    await meeting.close()
  }
}
