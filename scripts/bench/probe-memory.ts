/** P12: what a cold start over a large tree takes beyond an idle engine, and what a large file takes on its way. */

import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { liveEdits } from './live-edits.js'
import { OurMeeting } from './ours.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Probe, ProbeContext } from './probe.js'
import { median } from './targets.js'
import { MIB, writeRandomFile, writeSmallFiles } from './trees.js'

const LARGE = 4 * 1024 * MIB

const EDITS = 20

interface Limit {
  readonly must: number
  readonly goal: number
}

/** Without a limit: what it takes is told, beside those that have one. */
function coldStart(files: number, limit: Limit | null): Probe {
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
        const { wallMs, pushMs } = await meeting.arrive(tree)
        const { peakRss } = await device.gauges()
        const more = (peakRss - rss) / MIB
        const pushed = pushMs === null ? '' : `, pushed in ${seconds(pushMs)}`
        tell(
          `${told} files: cold start ${seconds(wallMs)}${pushed}, ${((wallMs * 1_000) / files).toFixed(0)} µs a file, at most ${more.toFixed(0)} MiB over an idle engine`,
        )
        const { wallMs: idleMs, requests } = await meeting.idle()
        const edits = await liveEdits(meeting.from, meeting.to, EDITS, seed)
        const { rss: after } = await device.gauges()
        tell(
          `${told} files: nothing changed ${idleMs.toFixed(0)} ms, ${requests} request; an edit ${median(edits).toFixed(1)} ms; ` +
            `${(after / MIB).toFixed(0)} MiB resident then`,
        )
        return limit === null ? [] : [outcomeOf({ id: 'P12', what: `MiB over idle, ${told} files`, ...limit }, more)]
      } finally {
        await meeting.close()
      }
    },
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
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
export const MEMORY: readonly Probe[] = [
  coldStart(1_000, null),
  coldStart(10_000, null),
  coldStart(100_000, { must: 150, goal: 80 }),
  largeFile,
]
export const MILLION: Probe = coldStart(1_000_000, { must: 450, goal: 200 })
