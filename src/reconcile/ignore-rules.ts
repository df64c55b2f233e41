/**
 * Which places of a tree a device leaves alone (DESIGN 4.13): rule files of nested directories, of which deeper ones and
 * later lines win, and the directories it does not want at all. Pure; a place below an ignored one is ignored, always.
 */

import type { KnownKind } from '../model/node.js'
import { type Effort, matches, type NamePoints, type Pattern, patternOf, pointsOf } from './ignore-pattern.js'

/** The file in any directory that says what of it is not synced. */
export const RULE_FILE = '.tidemarkignore'

/** A rule file beyond this is not obeyed in part: its directory is frozen instead (SEC-34). */
export const RULE_LIMITS = { bytes: 256 * 1024, lines: 5_000 } as const

export type Rules = readonly Pattern[]

/** 'unknown': a rule file above gave no certain answer, so nobody can say. */
export type Verdict = 'in' | 'out' | 'unknown'

/** Null when there are more lines than are obeyed. */
export function rulesOf(text: string): Rules | null {
  const lines = text.split('\n')
  if (lines.length > RULE_LIMITS.lines) return null
  return present(lines.map((line) => patternOf(line.endsWith('\r') ? line.slice(0, -1) : line)))
}

function present(patterns: readonly (Pattern | null)[]): Rules {
  return patterns.filter((pattern): pattern is Pattern => pattern !== null)
}

/** Directories that are out of scope, as a tree of their names. */
export interface Scope {
  readonly isOut: boolean
  readonly below: ReadonlyMap<string, Scope>
}

/** `paths`: below the root, components joined by `/`. */
export function scopeOf(paths: readonly string[]): Scope {
  interface Growing extends Scope {
    isOut: boolean
    readonly below: Map<string, Growing>
  }
  const root: Growing = { isOut: false, below: new Map() }
  for (const path of paths) {
    let at = root
    for (const name of path.normalize('NFC').split('/')) {
      const next = at.below.get(name) ?? { isOut: false, below: new Map() }
      at.below.set(name, next)
      at = next
    }
    at.isOut = true
  }
  return root
}

/** A directory with all that governs its content. Made from the root downwards, one `enter` per directory. */
export interface Ruled {
  readonly above: Ruled | null
  readonly name: NamePoints
  readonly rules: Rules
  readonly scope: Scope | null
  /** What holds for everything in it; 'in': the rules decide. */
  readonly inside: Verdict
  /** No rule governs it, nor any directory above: nothing has to be compared. */
  readonly isFree: boolean
}

/** `rules`: of the file in the root, with those of this device after them; 'unknown' when the file cannot be read for certain. */
export function ruledRoot(rules: Rules | 'unknown', scope: Scope): Ruled {
  const known = rules === 'unknown' ? [] : rules
  const isFree = known.length === 0
  return { above: null, name: [], rules: known, scope, inside: rules === 'unknown' ? 'unknown' : 'in', isFree }
}

/** `rules`: of the file in this directory, which does not matter where the directory itself is out. */
export function enter(above: Ruled, name: string, rules: Rules | 'unknown'): Ruled {
  const verdict = verdictOn(above, name, 'directory')
  const known = rules === 'unknown' || verdict === 'out' ? [] : rules
  return {
    above,
    name: pointsOf(name),
    rules: known,
    scope: above.scope?.below.get(name.normalize('NFC')) ?? null,
    inside: verdict === 'in' && rules === 'unknown' ? 'unknown' : verdict,
    isFree: above.isFree && known.length === 0,
  }
}

export function verdictOn(directory: Ruled, name: string, kind: KnownKind, effort?: Effort): Verdict {
  if (directory.inside === 'out') return 'out'
  if (directory.scope?.below.get(name.normalize('NFC'))?.isOut === true) return 'out'
  if (directory.inside === 'unknown' || directory.isFree) return directory.inside
  // Rules that hide themselves could be ended by nobody: what the server has of them would come back each time.
  if (name === RULE_FILE && kind === 'file') return 'in'
  return isIgnored(directory, name, kind, effort) ? 'out' : 'in'
}

/** The last line of the deepest file that speaks of the place decides. */
function isIgnored(directory: Ruled, name: string, kind: KnownKind, effort: Effort | undefined): boolean {
  const levels: Ruled[] = []
  for (let at: Ruled | null = directory; at !== null; at = at.above) levels.push(at)
  levels.reverse()
  const names = [...levels.slice(1).map((level) => level.name), pointsOf(name)]
  for (let depth = levels.length - 1; depth >= 0; depth--) {
    const rules = levels[depth]?.rules ?? []
    for (let line = rules.length - 1; line >= 0; line--) {
      const pattern = rules[line]
      if (pattern === undefined || (pattern.directoriesOnly && kind !== 'directory')) continue
      if (matches(pattern, names, depth, effort)) return !pattern.negated
    }
  }
  return false
}
