/**
 * One line of ignore rules in gitignore syntax, read once and then matched token by token: time grows with
 * pattern × path at most. Nothing of a rule ever becomes a regular expression (SEC-34).
 */

import { type CharacterSet, inSet, readSet } from './ignore-set.js'

/** One character of a name, or what stands for some. */
type Token =
  | { readonly token: 'character'; readonly point: number }
  | { readonly token: 'one' }
  | { readonly token: 'many' }
  | { readonly token: 'set'; readonly set: CharacterSet }

/** What one name of a path has to look like; 'any-depth' (`**`) stands for any number of names. */
type Segment = 'any-depth' | readonly Token[]

export interface Pattern {
  readonly negated: boolean
  readonly directoriesOnly: boolean
  /** Counted from the directory of its rule file; else it is about the last name, at any depth. */
  readonly anchored: boolean
  readonly segments: readonly Segment[]
}

/** Comparisons made so far: a measure that does not depend on the machine. */
export interface Effort {
  steps: number
}

/** A name as rules see it: code points, in the one form that both spellings of an accented letter have in common. */
export type NamePoints = readonly number[]

const POINT = { slash: 0x2f, backslash: 0x5c, star: 0x2a, question: 0x3f, bracket: 0x5b } as const
const MANY: Token = { token: 'many' }
const ONE: Token = { token: 'one' }

export function pointsOf(name: string): NamePoints {
  return Array.from(name.normalize('NFC'), (point) => point.codePointAt(0) ?? 0)
}

/** Null for a line that says nothing: empty, a comment, or a pattern that can match nothing at all. */
export function patternOf(line: string): Pattern | null {
  if (line.startsWith('#')) return null
  const trimmed = withoutTrailingSpaces(line)
  const negated = trimmed.startsWith('!')
  const rest = negated ? trimmed.slice(1) : trimmed
  const directoriesOnly = rest.endsWith('/')
  const body = directoriesOnly ? rest.slice(0, -1) : rest
  const anchored = body.includes('/')
  const segments = segmentsOf(pointsOf(body.startsWith('/') ? body.slice(1) : body))
  if (segments === null) return null
  return { negated, directoriesOnly, anchored, segments: anchored ? withContents(segments) : [lastName(segments)] }
}

/** Spaces at the end do not count, unless the first of them follows a backslash. */
function withoutTrailingSpaces(line: string): string {
  let end = line.length
  while (end > 0 && line[end - 1] === ' ') end--
  let slashes = 0
  while (slashes < end && line[end - 1 - slashes] === '\\') slashes++
  return slashes % 2 === 1 && end < line.length ? line.slice(0, end + 1) : line.slice(0, end)
}

/** `a/**` is about what is in `a`, not about `a` itself: at least one name follows. */
function withContents(segments: readonly Segment[]): readonly Segment[] {
  return segments.at(-1) === 'any-depth' ? [...segments.slice(0, -1), [MANY], 'any-depth'] : segments
}

function lastName(segments: readonly Segment[]): Segment {
  const [only] = segments
  return only === undefined || only === 'any-depth' ? [MANY] : only
}

/** Null for what can match no path: an empty name, a set without an end, a backslash before nothing. */
function segmentsOf(points: NamePoints): readonly Segment[] | null {
  const segments: Segment[] = []
  let tokens: Token[] = []
  let stars = 0
  const close = (): boolean => {
    if (tokens.length === 0) return false
    segments.push(stars > 1 && tokens.length === 1 ? 'any-depth' : tokens)
    tokens = []
    stars = 0
    return true
  }
  for (let at = 0; at < points.length; at++) {
    const point = points[at]
    const escaped = point === POINT.backslash ? points[++at] : undefined
    if (point === POINT.backslash && escaped === undefined) return null
    if (point === POINT.slash || escaped === POINT.slash) {
      if (!close()) return null
    } else if (escaped !== undefined) tokens.push({ token: 'character', point: escaped })
    else if (point === POINT.star) {
      if (tokens.at(-1) !== MANY) tokens.push(MANY)
      stars++
    } else if (point === POINT.question) tokens.push(ONE)
    else if (point === POINT.bracket) {
      const read = readSet(points, at)
      if (read === null) return null
      tokens.push({ token: 'set', set: read.set })
      at = read.end
    } else tokens.push({ token: 'character', point: point ?? 0 })
  }
  return close() ? segments : null
}

/** Whether the pattern is about the path whose names stand in `names` from `from` on, `from` being the first below its directory. */
export function matches(
  pattern: Pattern,
  names: readonly NamePoints[],
  from: number,
  effort: Effort = { steps: 0 },
): boolean {
  const { segments, anchored } = pattern
  if (anchored) return matchesPath(segments, names, from, effort)
  const [segment = []] = segments
  return segment !== 'any-depth' && matchesName(segment, names.at(-1) ?? [], effort)
}

/** Only the last `**` ever has to give way: whatever an earlier one could still take, the later one can take as well. */
function matchesPath(
  segments: readonly Segment[],
  names: readonly NamePoints[],
  from: number,
  effort: Effort,
): boolean {
  let segment = 0
  let name = from
  let retry: { readonly segment: number; name: number } | null = null
  while (name < names.length) {
    effort.steps++
    const wanted = segments[segment]
    if (wanted === 'any-depth') {
      segment++
      retry = { segment, name }
    } else if (wanted !== undefined && matchesName(wanted, names[name] ?? [], effort)) {
      segment++
      name++
    } else if (retry === null) return false
    else {
      retry.name++
      segment = retry.segment
      name = retry.name
    }
  }
  while (segments[segment] === 'any-depth') segment++
  return segment === segments.length
}

/** The same for the `*` of one name. */
function matchesName(tokens: readonly Token[], name: NamePoints, effort: Effort): boolean {
  let token = 0
  let at = 0
  let retry: { readonly token: number; at: number } | null = null
  while (at < name.length) {
    effort.steps++
    const wanted = tokens[token]
    if (wanted?.token === 'many') {
      token++
      retry = { token, at }
    } else if (wanted !== undefined && accepts(wanted, name[at] ?? 0, effort)) {
      token++
      at++
    } else if (retry === null) return false
    else {
      retry.at++
      token = retry.token
      at = retry.at
    }
  }
  while (tokens[token]?.token === 'many') token++
  return token === tokens.length
}

function accepts(token: Exclude<Token, { token: 'many' }>, point: number, effort: Effort): boolean {
  switch (token.token) {
    case 'character':
      return token.point === point
    case 'one':
      return true
    case 'set':
      effort.steps += token.set.ranges.length
      return inSet(token.set, point)
  }
}
