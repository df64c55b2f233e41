/** Small benches of single parts, in this process and on the source: medians of many rounds of real calls, and what that is a second. */

import { ratio, shown, table } from '../table.js'
import { median } from '../targets.js'

export interface MicroContext {
  /** A directory to work in, which exists and is empty. */
  readonly directory: string
  readonly seed: string
}

export interface MicroFigure {
  /** What was done, in words. */
  readonly what: string
  /** Milliseconds of each round; one before them warmed up. */
  readonly rounds: readonly number[]
  /** How much a round does, and of what. */
  readonly amount: number
  readonly unit: string
}

export interface MicroBench {
  readonly name: string
  run(context: MicroContext): Promise<readonly MicroFigure[]>
}

const ROUNDS = 7

export interface FigureOptions extends Omit<MicroFigure, 'rounds'> {
  /** Default 7. */
  readonly rounds?: number
}

/** `prepare` is not timed; what it returns is. */
export async function figure(
  { what, amount, unit, rounds = ROUNDS }: FigureOptions,
  prepare: () => () => unknown,
): Promise<MicroFigure> {
  const spans: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const call = prepare()
    const began = performance.now()
    await call()
    if (round > 0) spans.push(performance.now() - began)
  }
  return { what, rounds: spans, amount, unit }
}

export function microTable(figures: readonly MicroFigure[]): readonly string[] {
  return table(
    ['part', 'median of a round', 'least to most', 'a second'],
    figures.map(({ what, rounds, amount, unit }) => {
      const middle = median(rounds)
      const [least, most] = [Math.min(...rounds), Math.max(...rounds)]
      const rate = ratio(Number((amount / (middle / 1_000)).toPrecision(3)))
      return [what, shown(middle, 'wall'), `${shown(least, 'wall')} to ${shown(most, 'wall')}`, `${rate} ${unit}`]
    }),
  )
}
