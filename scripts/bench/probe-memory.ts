/** P12: what a cold start over a large tree takes beyond an idle engine, and what a large file takes on its way. */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { now } from './contender.js'
import { OurMeeting } from './ours.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Probe, ProbeContext } from './probe.js'
import { MIB, writeRandomFile, writeSmallFiles } from './trees.js'

const LARGE = 4 * 1024 * MIB

function coldStart(files: number, must: number, goal: number): Probe {
  const told = files.toLocaleString('en')
  return {
    id: 'P12',
    title: `cold start of ${told} files`,
    async run({ checkout, directory, seed, tell }) {
      const meeting = await OurMeeting.open({ checkout }, directory)
      try {
        const [device] = meeting.devices
        const { rss } = await device.gauges()
        const tree = join(directory, 'tree')
        writeSmallFiles(tree, seed, { files, sizes: [64, 512], perDirectory: 100 })
        const began = now()
        await meeting.arrive(tree)
        const spent = now() - began
        const { peakRss } = await device.gauges()
        const more = (peakRss - rss) / MIB
        tell(`${told} files: ${(spent / 1_000).toFixed(1)} s, ${more.toFixed(0)} MiB over an idle engine`)
        return [outcomeOf({ id: 'P12', what: `MiB over idle, ${told} files`, must, goal }, more)]
      } finally {
        await meeting.close()
      }
    },
  }
}

const largeFile: Probe = {
  id: 'P12',
  title: 'a file of 4 GiB, sent and received',
  async run({ checkout, directory, seed, tell }: ProbeContext): Promise<readonly Outcome[]> {
    const room = join(directory, 'room')
    mkdirSync(room)
    const meeting = await OurMeeting.open({ checkout }, room)
    try {
      const before = await Promise.all(meeting.devices.map((device) => device.gauges()))
      writeRandomFile(join(room, 'large.bin'), seed, LARGE)
      await meeting.arrive(join(room, 'large.bin'))
      const after = await Promise.all(meeting.devices.map((device) => device.gauges()))
      return after.map(({ peakRss }, at) => {
        const more = (peakRss - (before[at]?.rss ?? 0)) / MIB
        const side = at === 0 ? 'sent' : 'received'
        tell(`4 GiB ${side}: ${more.toFixed(0)} MiB over an idle engine`)
        return outcomeOf({ id: 'P12', what: `MiB over idle, 4 GiB ${side}`, must: 120, goal: 64 }, more)
      })
    } finally {
      await meeting.close()
      rmSync(room, { recursive: true, force: true })
    }
  },
}

/** The tree of a million files takes minutes to build: only where it is asked for. */
export const MEMORY: readonly Probe[] = [coldStart(100_000, 150, 80), largeFile]
export const MILLION: Probe = coldStart(1_000_000, 450, 200)
