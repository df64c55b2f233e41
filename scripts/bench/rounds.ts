/** Workloads carried by contenders in turn (A B A B …), so that a busy minute of the machine meets all of them. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Carried, Contender, Meeting } from './contender.js'
import type { Place, Workload } from './workloads.js'

export interface Measured {
  readonly workload: string
  readonly contender: string
  readonly rounds: readonly Carried[]
}

export interface RoundOptions {
  readonly directory: string
  readonly seed: string
  readonly rounds: number
  readonly onRound: (workload: Workload, contender: Contender, carried: Carried) => void
}

interface Standing {
  readonly contender: Contender
  readonly beside: string
  readonly carried: Carried[]
  meeting: Meeting | null
}

export async function measure(
  workload: Workload,
  contenders: readonly Contender[],
  options: RoundOptions,
): Promise<readonly Measured[]> {
  const standings: readonly Standing[] = contenders.map((contender) => ({
    contender,
    beside: mkdtempSync(join(options.directory, 'beside-')),
    carried: [],
    meeting: null,
  }))
  try {
    for (let round = 0; round < options.rounds; round++) {
      for (const standing of standings) {
        const carried = await oneRound(workload, standing, round, options)
        standing.carried.push(carried)
        options.onRound(workload, standing.contender, carried)
      }
    }
  } finally {
    for (const { meeting } of standings) await meeting?.close()
  }
  return standings.map(({ contender, carried }) => ({
    workload: workload.id,
    contender: contender.name,
    rounds: carried,
  }))
}

async function oneRound(
  workload: Workload,
  standing: Standing,
  round: number,
  { directory, seed }: RoundOptions,
): Promise<Carried> {
  if (workload.isFresh) await clear(standing)
  const place = (meeting: Meeting, at: number): Place => ({
    from: meeting.from,
    beside: standing.beside,
    seed: `${seed} ${workload.id} ${at}`,
  })
  if (standing.meeting === null) {
    const meeting = await standing.contender.meet(mkdtempSync(join(directory, 'meeting-')))
    standing.meeting = meeting
    if (workload.first !== null) {
      await meeting.carry(workload.first(place(meeting, 0)))
    }
  }
  const { meeting } = standing
  if (workload.change === null) return meeting.idle()
  const land = workload.change(place(meeting, round))
  const carried = await meeting.carry(land)
  checkEqual(meeting)
  return carried
}

async function clear(standing: Standing): Promise<void> {
  await standing.meeting?.close()
  standing.meeting = null
  rmSync(standing.beside, { recursive: true, force: true })
  mkdirSync(standing.beside)
}

/** A fast round that carried something else is no round. */
function checkEqual({ from, to }: Meeting): void {
  execFileSync('diff', ['-rq', '--exclude=.tidemark', '--exclude=.stfolder', from, to])
}
