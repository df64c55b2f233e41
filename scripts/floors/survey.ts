/**
 * Walks `src/`, `adapters/` and `examples/` below a root and tells every arrow that points the wrong way.
 * Reads files, changes none.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { posix, join } from 'node:path'
import { circlesOf } from './circles.js'
import { AMBIENT, CORE_PACKAGES, mayBeBarrel, type Place, placeOf, PUBLIC_ENTRIES, REQUIRED, ROOMS } from './house.js'
import { type Reference, referencesOf } from './imports.js'

export type Fault = 'up' | 'circle' | 'sibling' | 'leaf' | 'package' | 'barrel' | 'directory' | 'missing' | 'unresolved'

export interface Violation {
  readonly fault: Fault
  readonly where: string
  readonly what: string
}

export interface Survey {
  readonly files: number
  readonly arrows: number
  readonly violations: readonly Violation[]
}

const SOURCE = /\.[cm]?[jt]sx?$/

function walk(root: string, directory: string): string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(root, directory), { withFileTypes: true })) {
    const path = posix.join(directory, entry.name)
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== 'dist') found.push(...walk(root, path))
    else if (entry.isFile()) found.push(path)
  }
  return found
}

/** Source file that a relative specifier means, `.js` standing for `.ts` and `.tsx`; null when there is none. */
function resolve(root: string, from: string, specifier: string): string | null {
  const target = posix.join(posix.dirname(from), specifier)
  const typed = ['.ts', '.tsx', '.d.ts'].map((extension) => target.replace(/\.js$/, extension))
  const candidates = [target.replace(/\.([cm]?)js(x?)$/, '.$1ts$2'), ...typed, target]
  return candidates.find((path) => existsSync(join(root, path)) && statSync(join(root, path)).isFile()) ?? null
}

function leafFault(from: string, here: Place, to: string, there: Place | null): string | null {
  if (here.tree === 'adapters') {
    const own = there?.tree === 'adapters' && (there.room === here.room || there.room === 'shared')
    return own || PUBLIC_ENTRIES.includes(to) ? null : 'an adapter imports public entries, shared/ and its own folder'
  }
  const own = there?.tree === 'examples' && there.room === here.room
  return own ? null : `an example imports packages and its own folder, so ${from} must say 'tidemark…'`
}

function judgeArrow(from: string, here: Place, to: string): Omit<Violation, 'where'> | null {
  const there = placeOf(to)
  if (here.tree !== 'src') {
    const fault = leafFault(from, here, to, there)
    return fault === null ? null : { fault: 'leaf', what: `${to}: ${fault}` }
  }
  if (there === null || there.floor === null || here.floor === null) {
    return AMBIENT.includes(to) ? null : { fault: 'up', what: `${to} stands on no floor of the core` }
  }
  if (there.floor > here.floor) return { fault: 'up', what: `${to} is above it` }
  if (there.floor === here.floor && there.room !== here.room) {
    return { fault: 'sibling', what: `${to} is a sibling on the same floor` }
  }
  if (PUBLIC_ENTRIES.includes(to) && from !== 'src/index.ts') {
    return { fault: 'barrel', what: `${to}: inside the core the file itself is named, not the entry` }
  }
  return null
}

function judgePackage(here: Place, specifier: string): Omit<Violation, 'where'> | null {
  if (here.tree === 'src' && !CORE_PACKAGES.includes(specifier)) {
    return { fault: 'package', what: `${specifier} is no library of the core` }
  }
  if (here.tree === 'adapters' && /^tidemark(\/|$)/.test(specifier)) {
    return { fault: 'leaf', what: `${specifier}: inside the package the entries are imported by path` }
  }
  return null
}

function judgeDirectories(files: readonly string[]): Violation[] {
  const found: Violation[] = []
  for (const [tree, rooms] of ROOMS) {
    const directories = new Set(files.filter((file) => file.startsWith(`${tree}/`)).map((file) => posix.dirname(file)))
    for (const directory of directories) {
      const [, room, ...inner] = directory.split('/')
      const known = room === undefined || (rooms.includes(room) && (tree === 'examples' || inner.length === 0))
      if (!known) found.push({ fault: 'directory', where: directory, what: 'is not in the plan of the house' })
    }
  }
  for (const path of REQUIRED) {
    if (!files.some((file) => file === path || file.startsWith(`${path}/`))) {
      found.push({ fault: 'missing', where: path, what: 'belongs to the plan of the house' })
    }
  }
  for (const file of files) {
    const stray = placeOf(file)?.floor === null || /^(adapters|examples)\/[^/]+$/.test(file)
    if (stray && !AMBIENT.includes(file) && SOURCE.test(file)) {
      found.push({ fault: 'directory', where: file, what: 'stands on no floor' })
    }
    if (/(^|\/)index\.[cm]?[jt]sx?$/.test(file) && !mayBeBarrel(file)) {
      found.push({ fault: 'barrel', where: file, what: 'only the public entries are barrels' })
    }
  }
  return found
}

export function survey(root: string): Survey {
  const files = [...ROOMS.keys()].filter((tree) => existsSync(join(root, tree))).flatMap((tree) => walk(root, tree))
  const sources = files.filter((file) => SOURCE.test(file))
  const violations = judgeDirectories(files)
  const arrows = new Map<string, Set<string>>()

  const follow = (from: string, here: Place, { specifier, line }: Reference): void => {
    const where = `${from}:${line}`
    if (specifier === null) {
      if (here.tree === 'src') violations.push({ fault: 'unresolved', where, what: 'a computed module name' })
      return
    }
    if (!specifier.startsWith('.')) {
      const fault = judgePackage(here, specifier)
      if (fault !== null) violations.push({ where, ...fault })
      return
    }
    // What an example has built of itself is not in the repository.
    if (here.tree === 'examples' && /^\.\.?\/dist\//.test(specifier)) return
    const to = resolve(root, from, specifier)
    if (to === null) {
      violations.push({ fault: 'unresolved', where, what: specifier })
      return
    }
    arrows.set(from, (arrows.get(from) ?? new Set()).add(to))
    const fault = judgeArrow(from, here, to)
    if (fault !== null) violations.push({ where, ...fault })
  }

  for (const file of sources) {
    const here = placeOf(file)
    if (here === null) continue
    for (const reference of referencesOf(file, readFileSync(join(root, file), 'utf8'))) follow(file, here, reference)
  }
  for (const circle of circlesOf(arrows)) {
    violations.push({ fault: 'circle', where: circle[0] ?? '', what: circle.join(' ↔ ') })
  }
  return {
    files: sources.length,
    arrows: [...arrows.values()].reduce((sum, targets) => sum + targets.size, 0),
    violations,
  }
}
