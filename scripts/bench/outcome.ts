/** What came of one line of a target. */

export interface Goalposts {
  /** P1 … P18. */
  readonly id: string
  /** What was measured, in words. */
  readonly what: string
  readonly must: number
  readonly goal: number | null
  /** Default 'most': the value may be no larger. */
  readonly bound?: 'most' | 'least'
}

export interface Outcome extends Goalposts {
  /** Null where it could not be measured here. */
  readonly value: number | null
  readonly isMet: boolean | null
}

export function outcomeOf(goalposts: Goalposts, value: number | null): Outcome {
  const { must, bound = 'most' } = goalposts
  const isMet = value === null ? null : bound === 'most' ? value <= must : value >= must
  return { ...goalposts, value, isMet }
}
