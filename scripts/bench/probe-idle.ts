/** C6: what a live engine at rest costs the machine: how often its process wakes, and what it computes. Linux counts both. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as passed } from 'node:timers/promises'
import { now } from './contender.js'
import { OurMeeting } from './ours.js'
import { outcomeOf } from './outcome.js'
import type { Probe } from './probe.js'
import { writeSmallFiles } from './trees.js'

const FILES = 100_000
/** Connections of the work before are given up by then, and the host's garbage is collected. */
const SETTLE_MS = 90_000
/** Four signs of life of the hint channel. */
const REST_MS = 220_000
/** Between two looks at everything, the default of the engine. */
const SCAN_EVERY_MS = 600_000

interface Spent {
  readonly at: number
  readonly wakes: number
  readonly cpuMs: number
}

export const IDLE: Probe = {
  id: 'C6',
  title: `a live engine at rest beside ${FILES.toLocaleString('en')} files`,
  async run({ checkout, directory, seed, tell }) {
    const meeting = await OurMeeting.open({ checkout }, directory)
    try {
      const tree = join(directory, 'tree')
      writeSmallFiles(tree, seed, { files: FILES, sizes: [64, 512], perDirectory: 100 })
      await meeting.arrive(tree)
      const [device] = meeting.devices
      await passed(SETTLE_MS)
      const before = spentBy(device.pid)
      await passed(REST_MS)
      const after = spentBy(device.pid)
      const scan = await scanCost(meeting)
      const spanMs = before === null || after === null ? 0 : after.at - before.at
      const wakes = before === null || after === null ? null : ((after.wakes - before.wakes) / spanMs) * 60_000
      const rest = before === null || after === null ? null : ((after.cpuMs - before.cpuMs) / spanMs) * 100
      const scans = (scan / SCAN_EVERY_MS) * 100
      tell(`${wakes?.toFixed(2) ?? '?'} wakes a minute, ${rest?.toFixed(4) ?? '?'} % of a core`)
      tell(`a look at everything: ${scan.toFixed(0)} ms of CPU, each ten minutes ${scans.toFixed(3)} % of a core`)
      return [
        outcomeOf({ id: 'C6', what: 'wakes a minute at rest', must: 2, goal: 2 }, wakes),
        outcomeOf({ id: 'C6', what: '% of a core at rest, between two scans', must: 0.1, goal: 0.01 }, rest),
        outcomeOf(
          { id: 'C6', what: '% of a core at rest, with a scan each ten minutes', must: 0.5, goal: 0.1 },
          rest === null ? null : rest + scans,
        ),
      ]
    } finally {
      await meeting.close()
    }
  },
}

/** CPU of one look at everything that finds nothing, milliseconds. */
async function scanCost({ devices: [device] }: OurMeeting): Promise<number> {
  const before = await device.gauges()
  await device.sync()
  return (await device.gauges()).cpuMs - before.cpuMs
}

/** Of all threads of a process since they began; null where the system does not tell. A wake is the end of a wait. */
function spentBy(pid: number): Spent | null {
  try {
    let [wakes, cpuMs] = [0, 0]
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8')
      wakes += Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)?.[1])
      cpuMs += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6
    }
    return { at: now(), wakes, cpuMs }
  } catch {
    return null
  }
}
