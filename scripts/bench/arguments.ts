/** What `npm run bench` was asked for. What cannot be done is told in one line. */

import { parseArgs } from 'node:util'

/** What was asked for cannot be done; the message says why, in one line. */
export class Mistaken extends Error {}

export interface BenchArguments {
  /** Names of workloads, probes and targets; null: all. */
  readonly only: readonly string[] | null
  readonly rounds: number
  readonly peers: boolean
  readonly against: string | null
  readonly seed: string
  readonly million: boolean
  readonly micro: boolean
  readonly publish: boolean
  readonly profile: string | null
  readonly json: boolean
}

const MOST_ROUNDS = 1_000

/** @throws Mistaken */
export function benchArguments(args: readonly string[]): BenchArguments {
  const { only, rounds, against, profile, ...flags } = flagsOf(args)
  const asked = {
    ...flags,
    only: only === undefined ? null : only.split(','),
    rounds: roundsOf(rounds),
    against: against ?? null,
    profile: profile ?? null,
  }
  refuseTogether(asked)
  return asked
}

function flagsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        rounds: { type: 'string', default: '5' },
        peers: { type: 'boolean', default: false },
        against: { type: 'string' },
        seed: { type: 'string', default: '1' },
        million: { type: 'boolean', default: false },
        micro: { type: 'boolean', default: false },
        publish: { type: 'boolean', default: false },
        profile: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values
  } catch (cause) {
    const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new Mistaken(line, { cause })
  }
}

function roundsOf(text: string): number {
  const rounds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (rounds >= 1 && rounds <= MOST_ROUNDS) return rounds
  throw new Mistaken(`--rounds is a whole number from 1 to ${MOST_ROUNDS}, not ${text}`)
}

/** What is published is this revision against its peers, as fast as it is. */
function refuseTogether({ publish, peers, against, profile }: BenchArguments): void {
  if (!publish) return
  if (!peers) throw new Mistaken('--publish goes with --peers: the table is against them')
  for (const [flag, given] of [
    ['--against', against],
    ['--profile', profile],
  ] as const)
    if (given !== null)
      throw new Mistaken(`--publish does not go with ${flag}: it names one revision, as fast as it is`)
}
