/** P11: what one live edit costs beside many files, over the same beside few. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { liveEdits } from './live-edits.js'
import { OurMeeting } from './ours.js'
import { outcomeOf } from './outcome.js'
import type { Probe, ProbeContext } from './probe.js'
import { writeSmallFiles } from './trees.js'

const [FEW, MANY] = [1_000, 100_000]
const EDITS = 100
const WARM_UP = 10

interface Cost {
  readonly cpuMs: number
  readonly ioCalls: number | null
}

export const GROWTH: Probe = {
  id: 'P11',
  title: `one live edit beside ${MANY.toLocaleString('en')} files, against ${FEW.toLocaleString('en')}`,
  async run(context) {
    const few = await costAt(context, FEW)
    const many = await costAt(context, MANY)
    const line = (what: string, value: number | null) => outcomeOf({ id: 'P11', what, must: 1.2, goal: 1 }, value)
    const calls = few.ioCalls === null || many.ioCalls === null ? null : many.ioCalls / few.ioCalls
    return [line('CPU of a live edit, A and B', many.cpuMs / few.cpuMs), line('reads and writes of a live edit', calls)]
  },
}

/** Of both devices together, each edit. */
async function costAt({ checkout, directory, seed, tell }: ProbeContext, files: number): Promise<Cost> {
  const room = join(directory, String(files))
  mkdirSync(room)
  const meeting = await OurMeeting.open({ checkout }, room)
  try {
    const tree = join(room, 'tree')
    writeSmallFiles(tree, seed, { files, sizes: [64, 512], perDirectory: 100 })
    await meeting.arrive(tree)
    await liveEdits(meeting.from, meeting.to, WARM_UP, `${seed} warm-up`)
    const before = await used(meeting)
    await liveEdits(meeting.from, meeting.to, EDITS, seed)
    const after = await used(meeting)
    const cpuMs = (after.cpuMs - before.cpuMs) / EDITS
    const ioCalls = after.ioCalls === null || before.ioCalls === null ? null : (after.ioCalls - before.ioCalls) / EDITS
    tell(`${files} files: ${cpuMs.toFixed(2)} ms of CPU, ${ioCalls?.toFixed(1) ?? '?'} reads and writes an edit`)
    return { cpuMs, ioCalls }
  } finally {
    await meeting.close()
  }
}

async function used({ devices }: OurMeeting): Promise<Cost> {
  const gauges = await Promise.all(devices.map((device) => device.gauges()))
  const calls = gauges.map(({ ioCalls }) => ioCalls)
  return {
    cpuMs: gauges.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    ioCalls: calls.includes(null) ? null : calls.reduce<number>((sum, count) => sum + (count ?? 0), 0),
  }
}
