/** `[…]` of an ignore rule: a set of characters, as POSIX and gitignore read it. Pure data and one look-up. */

export interface CharacterSet {
  readonly negated: boolean
  /** Both ends belong to it. */
  readonly ranges: readonly (readonly [number, number])[]
}

const BACKSLASH = 0x5c
const CLOSE = 0x5d
const OPEN = 0x5b
const DASH = 0x2d
const COLON = 0x3a
/** More than the name of any class, with its colon. */
const LONGEST_CLASS = 8
const NEGATIONS: ReadonlySet<number | undefined> = new Set([0x21, 0x5e])

/** The classes of POSIX, for ASCII. */
const CLASSES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alnum: [
    [0x30, 0x39],
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  alpha: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  blank: [
    [0x09, 0x09],
    [0x20, 0x20],
  ],
  cntrl: [
    [0x00, 0x1f],
    [0x7f, 0x7f],
  ],
  digit: [[0x30, 0x39]],
  graph: [[0x21, 0x7e]],
  lower: [[0x61, 0x7a]],
  print: [[0x20, 0x7e]],
  punct: [
    [0x21, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x60],
    [0x7b, 0x7e],
  ],
  space: [
    [0x09, 0x0d],
    [0x20, 0x20],
  ],
  upper: [[0x41, 0x5a]],
  xdigit: [
    [0x30, 0x39],
    [0x41, 0x46],
    [0x61, 0x66],
  ],
}

export function inSet({ negated, ranges }: CharacterSet, point: number): boolean {
  return ranges.some(([from, to]) => from <= point && point <= to) !== negated
}

/** Reads the set that opens at `start`. Null when it has no end, or names a class that does not exist. */
export function readSet(
  points: readonly number[],
  start: number,
): { readonly set: CharacterSet; readonly end: number } | null {
  const negated = NEGATIONS.has(points[start + 1])
  const ranges: (readonly [number, number])[] = []
  let close = -1
  let before: number | null = null
  // A bracket that comes first is a character of the set.
  for (let at = start + (negated ? 2 : 1), first = true; at < points.length; at++, first = false) {
    const point = points[at] ?? 0
    if (point === CLOSE && !first) return { set: { negated, ranges }, end: at }
    let named: ReturnType<typeof readClass> = 'none'
    if (point === OPEN && points[at + 1] === COLON) {
      // Looked for once for all that begin before it: many beginnings must not cost a search each.
      if (close < at + 2) close = points.indexOf(CLOSE, at + 2)
      named = readClass(points, at + 2, close)
    }
    if (named === null) return null
    if (named !== 'none') {
      ranges.push(...named.ranges)
      at = named.end
      before = null
      continue
    }
    const isRange: boolean = point === DASH && before !== null && at + 1 < points.length && points[at + 1] !== CLOSE
    if (isRange) at++
    if (points[at] === BACKSLASH) at++
    const value = points[at]
    if (value === undefined) return null
    ranges.push([isRange ? (before ?? value) : value, value])
    before = isRange ? null : value
  }
  return null
}

/** The class of a name between two places; 'none' when no `:]` ends it, so that its bracket is a character like any other. */
function readClass(
  points: readonly number[],
  start: number,
  end: number,
): { readonly ranges: readonly (readonly [number, number])[]; readonly end: number } | 'none' | null {
  if (end < 0) return null
  if (end === start || points[end - 1] !== COLON) return 'none'
  if (end - start > LONGEST_CLASS) return null
  const name = String.fromCodePoint(...points.slice(start, end - 1))
  const ranges = Object.hasOwn(CLASSES, name) ? CLASSES[name] : undefined
  return ranges === undefined ? null : { ranges, end }
}
