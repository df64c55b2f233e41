/** What the demo claims and what was found. A claim that does not hold fails the demo. */

export interface Check {
  readonly what: string
  /** What was to be found, where that is a number: '= 1', '≤ 2048'. */
  readonly limit: string | null
  readonly holds: boolean
  readonly found: string | number
}

export interface Scene {
  readonly id: string
  readonly title: string
  readonly checks: readonly Check[]
  /** Plain numbers, for programs. */
  readonly figures: Readonly<Record<string, number>>
  readonly seconds: number
}

export function atMost(what: string, found: number, most: number): Check {
  return { what, limit: `≤ ${most}`, holds: found <= most, found }
}

export function exactly(what: string, found: number, expected: number): Check {
  return { what, limit: `= ${expected}`, holds: found === expected, found }
}

export function holds(what: string, isTrue: boolean, found: string | number = isTrue ? 'yes' : 'no'): Check {
  return { what, limit: null, holds: isTrue, found }
}

export function none(what: string, found: readonly string[]): Check {
  return { what, limit: null, holds: found.length === 0, found: found.slice(0, 3).join('; ') || 'none' }
}
