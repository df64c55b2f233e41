/** P10: from a small write on A until B shows it, over the same without an engine in the same run. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { liveEdits, percentile } from './live-edits.js'
import { OurMeeting } from './ours.js'
import { outcomeOf } from './outcome.js'
import type { Probe } from './probe.js'

const EDITS = 200
const FLOOR = join(import.meta.dirname, 'floor-process.ts')

export const LIVE: Probe = {
  id: 'P10',
  title: 'W7: a small write on A until B shows it',
  async run({ checkout, directory, seed, tell }) {
    const floor = await floorEdits(directory, seed)
    const meeting = await OurMeeting.open({ checkout }, directory)
    try {
      const own = await liveEdits(meeting.from, meeting.to, EDITS, seed)
      const spans = (values: readonly number[]): readonly [p50: number, p99: number] => [
        percentile(values, 0.5),
        percentile(values, 0.99),
      ]
      const [[p50, p99], [least50, least99]] = [spans(own), spans(floor)]
      tell(
        `ours: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; floor: ${least50.toFixed(1)}, ${least99.toFixed(1)}`,
      )
      return [
        outcomeOf({ id: 'P10', what: 'W7 p50 / p50 of the floor', must: 5, goal: 2 }, p50 / least50),
        outcomeOf({ id: 'P10', what: 'W7 p99 / p50 of the floor', must: 20, goal: 6 }, p99 / least50),
      ]
    } finally {
      await meeting.close()
    }
  },
}

async function floorEdits(directory: string, seed: string): Promise<readonly number[]> {
  const [from, to] = [join(directory, 'floor-from'), join(directory, 'floor-to')]
  for (const made of [from, to]) mkdirSync(made)
  const children: ChildProcess[] = []
  const start = async (...args: readonly string[]): Promise<unknown> => {
    const child = spawn(process.execPath, ['--import', 'tsx', FLOOR, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    children.push(child)
    const [message] = (await once(child, 'message')) as [unknown]
    return message
  }
  try {
    const port = String(await start('server'))
    await start('to', port, to)
    await start('from', port, from)
    return await liveEdits(from, to, EDITS, seed)
  } finally {
    for (const child of children) child.disconnect()
  }
}
