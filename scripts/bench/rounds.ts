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
  /** Where they meet. */
  directory: string | null
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
    directory: null,
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
    for (const standing of standings) await part(standing)
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
    standing.directory = mkdtempSync(join(directory, 'meeting-'))
    const meeting = await standing.contender.meet(standing.directory)
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

/** What they hold is not kept: some rounds of 256 MiB would fill any disk. */
async function part(standing: Standing): Promise<void> {
  await standing.meeting?.close()
  standing.meeting = null
  if (standing.directory !== null) rmSync(standing.directory, { recursive: true, force: true })
}

async function clear(standing: Standing): Promise<void> {
  await part(standing)
  rmSync(standing.beside, { recursive: true, force: true })
  mkdirSync(standing.beside)
}

/** A fast round that carried something else is no round. */
function checkEqual({ from, to }: Meeting): void {
  execFileSync('diff', ['-rq', '--exclude=.tidemark', '--exclude=.stfolder', from, to])
}
