/** What the figures of the workloads have to come to: ratios against a peer that ran in turn with us, and counts. */

import type { Carried } from './contender.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Measured } from './rounds.js'

export type Figure = 'wall' | 'push' | 'bytes' | 'requests'

/** One cell of a target: a figure of ours, over the same of a peer or by itself. */
export interface Target {
  readonly id: string
  readonly workload: string
  readonly figure: Figure
  /** The peer it is divided by (its wall for `push`); null: the count itself. */
  readonly peer: string | null
  readonly must: number
  readonly goal: number | null
}

type Row = readonly [
  id: string,
  workloads: string,
  figure: Figure,
  peer: string | null,
  must: number,
  goal: number | null,
]

const ROWS: readonly Row[] = [
  ['P1', 'W1', 'wall', 'rsync', 1.6, 1.0],
  ['P1', 'W1', 'wall', 'unison', 0.4, 0.25],
  ['P1', 'W1', 'wall', 'syncthing', 0.1, 0.05],
  ['P1', 'W1', 'push', 'rsync', 1.0, 0.5],
  ['P2', 'W2', 'wall', 'rsync', 3.0, 2.0],
  ['P2', 'W2', 'wall', 'syncthing', 1.0, 0.6],
  ['P2', 'W2', 'push', 'rsync', 1.6, 1.05],
  ['P2', 'W2', 'bytes', 'rsync', 1.003, 1.001],
  ['P2t', 'W2t', 'bytes', 'rsync -z', 1.15, 1.05],
  ['P2t', 'W2t', 'push', 'rsync -z', 1.0, 0.4],
  ['P3', 'W3a W3b W3d', 'bytes', 'rsync', 0.15, 0.02],
  ['P4', 'W3c', 'bytes', 'rsync', 0.5, 0.02],
  ['P5', 'W3e', 'bytes', 'rsync', 0.9, 0.855],
  ['P6', 'W3a W3b W3c W3d W3e', 'wall', 'rsync', 2.0, 1.0],
  ['P6', 'W3a W3b W3c W3d W3e', 'wall', 'unison', 0.3, 0.1],
  ['P6', 'W3a W3b W3c W3d W3e', 'push', 'rsync', 1.2, 0.4],
  ['P7', 'W4', 'bytes', null, 2_048, 700],
  ['P7', 'W4', 'wall', 'rsync', 0.3, 0.05],
  ['P8', 'W5', 'bytes', 'rsync -z', 0.9, 0.5],
  ['P8', 'W5', 'push', 'rsync -z', 1.5, 1.0],
  ['P9', 'W6-10k W6-100k', 'requests', null, 1, null],
  ['P9', 'W6-10k W6-100k', 'bytes', null, 600, null],
  ['P9', 'W6-10k W6-100k', 'wall', 'rsync', 1.0, 0.5],
]

export const TARGETS: readonly Target[] = ROWS.flatMap(([id, workloads, figure, peer, must, goal]) =>
  workloads.split(' ').map((workload) => ({ id, workload, figure, peer, must, goal })),
)

/** Of the workloads that were run. */
export function outcomesOf(measured: readonly Measured[]): readonly Outcome[] {
  const run = new Set(measured.map(({ workload }) => workload))
  return TARGETS.filter(({ workload }) => run.has(workload)).map(({ id, workload, figure, peer, must, goal }) => {
    const own = medianOf(measured, workload, 'ours', figure)
    const other = peer === null ? 1 : medianOf(measured, workload, peer, peerFigure(figure))
    const what = `${workload} ${figure}${peer === null ? '' : ` / ${peer}`}`
    return outcomeOf({ id, what, must, goal }, own === null || other === null ? null : own / other)
  })
}

/** A push is held against all that a peer without a server does. */
export function peerFigure(figure: Figure): Figure {
  return figure === 'push' ? 'wall' : figure
}

export function medianOf(
  measured: readonly Measured[],
  workload: string,
  contender: string,
  figure: Figure,
): number | null {
  const values = valuesOf(measured, workload, contender, figure)
  return values.length === 0 ? null : median(values)
}

/** Of each round, in the order in which they were run; none where it was not measured. */
export function valuesOf(
  measured: readonly Measured[],
  workload: string,
  contender: string,
  figure: Figure,
): readonly number[] {
  const rounds = measured.find((one) => one.workload === workload && one.contender === contender)?.rounds ?? []
  return rounds.map((carried) => figureOf(carried, figure)).filter((value) => value !== null)
}

/** Bytes are those of the hop that carried more. */
export function figureOf({ wallMs, pushMs, hops, requests }: Carried, figure: Figure): number | null {
  if (figure === 'wall') return wallMs
  if (figure === 'push') return pushMs
  return figure === 'requests' ? requests : Math.max(...hops)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new Error('a median of nothing')
  return (low + high) / 2
}
