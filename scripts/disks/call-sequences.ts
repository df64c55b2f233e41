/** Seeded sequences of calls on a disk, as data: few names, so that calls meet; every kind of call and of odd path. */

import { type SeededRandom, seededRandom } from '../../adapters/shared/seeded-random.js'

/** One call. Paths are below the root of the sequence; `slot` is one of the open files. */
export type DiskCall =
  | { readonly call: 'open'; readonly path: string; readonly how: 'read' | 'write' | 'create'; readonly slot: number }
  | { readonly call: 'lstat' | 'readdir' | 'rmdir' | 'unlink' | 'syncDirectory'; readonly path: string }
  | { readonly call: 'mkdir' | 'chmod'; readonly path: string; readonly mode: number }
  | { readonly call: 'utimes'; readonly path: string; readonly time: number }
  | { readonly call: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly call: 'symlink'; readonly path: string; readonly target: string }
  | { readonly call: 'read' | 'truncate'; readonly slot: number; readonly position: number; readonly length: number }
  | { readonly call: 'write'; readonly slot: number; readonly position: number; readonly bytes: Uint8Array }
  | { readonly call: 'fchmod'; readonly slot: number; readonly mode: number }
  | { readonly call: 'futimes'; readonly slot: number; readonly time: number }
  | { readonly call: 'stat' | 'sync' | 'close'; readonly slot: number }

/** Open files of a sequence. */
export const SLOTS = 3

const NAMES = ['a', 'b', 'c', 'd', 'e', 'L']
const LONG = ['x'.repeat(255), 'x'.repeat(256), `${'\u00e9'.repeat(127)}x`, '\u00e9'.repeat(128)]
const MODES = [0o644, 0o600, 0o755, 0o700, 0o777, 0o640]
/** All long past: the disk never sets one by itself. */
const TIMES = [1_000_000_000_123, 946_684_800_999, 0, -1, -86_400_001, 1_111_111_111_111]
const HOW = ['read', 'write', 'create', 'create'] as const
const ON_FILES = ['read', 'write', 'write', 'truncate', 'stat', 'fchmod', 'futimes', 'sync', 'close', 'close'] as const
const ON_PATHS = [
  ...['open', 'open', 'open', 'open', 'lstat', 'readdir', 'mkdir', 'mkdir', 'mkdir', 'rmdir', 'rmdir'],
  ...['rename', 'rename', 'rename', 'rename', 'rename', 'link', 'unlink', 'unlink', 'symlink', 'chmod', 'utimes'],
  'syncDirectory',
] as const

/** Most of it stands when a sequence begins to be odd. */
const START: readonly DiskCall[] = [
  { call: 'mkdir', path: 'a', mode: 0o755 },
  { call: 'mkdir', path: 'a/b', mode: 0o755 },
  { call: 'mkdir', path: 'b', mode: 0o755 },
  { call: 'open', path: 'c', how: 'create', slot: 0 },
  { call: 'open', path: 'a/d', how: 'create', slot: 1 },
  { call: 'symlink', path: 'L', target: 'a' },
]

/** 20 to 60 calls; equal seeds give equal ones. */
export function callSequence(seed: number): readonly DiskCall[] {
  const random = seededRandom(seed)
  const start = START.filter(() => random.below(4) > 0)
  const length = Math.max(0, 20 + random.below(41) - start.length)
  return [...start, ...Array.from({ length }, () => (random.below(5) < 2 ? onFile(random) : onPath(random)))]
}

function pick<Item>(random: SeededRandom, items: readonly Item[]): Item {
  return items[random.below(items.length)]!
}

function pathIn(random: SeededRandom): string {
  if (random.below(60) === 0) return Array.from({ length: 20 }, () => LONG[0]).join('/')
  const parts = Array.from({ length: pick(random, [1, 1, 1, 2, 2, 3]) }, () => pick(random, NAMES))
  if (random.below(25) === 0) parts[parts.length - 1] = pick(random, LONG)
  if (random.below(40) === 0) parts.splice(random.below(parts.length), 0, pick(random, ['.', '..', 'a/..']))
  if (random.below(80) === 0) parts.push(pick(random, ['.', '..']))
  return parts.join('/')
}

function onPath(random: SeededRandom): DiskCall {
  const call = pick(random, ON_PATHS)
  const path = pathIn(random)
  switch (call) {
    case 'open':
      return { call, path, how: pick(random, HOW), slot: random.below(SLOTS) }
    case 'mkdir':
    case 'chmod':
      return { call, path, mode: pick(random, MODES) }
    case 'utimes':
      return { call, path, time: pick(random, TIMES) }
    case 'rename':
    case 'link':
      return { call, path, to: otherPath(random, path) }
    case 'symlink':
      return { call, path, target: pick(random, ['a', 'b', '../a', 'a/b', 'missing', 'L', '.', pathIn(random)]) }
    default:
      return { call: call as 'lstat', path }
  }
}

/** Often near the first one: itself, below it, above it. */
function otherPath(random: SeededRandom, path: string): string {
  switch (random.below(8)) {
    case 0:
      return path
    case 1:
      return `${path}/${pick(random, NAMES)}`
    case 2:
      return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : pathIn(random)
    default:
      return pathIn(random)
  }
}

function onFile(random: SeededRandom): DiskCall {
  const call = pick(random, ON_FILES)
  const slot = random.below(SLOTS)
  const position = pick(random, [0, 0, 1, 100, 4096, random.below(10_000)])
  switch (call) {
    case 'read':
    case 'truncate':
      return { call, slot, position, length: random.below(4) === 0 ? 0 : random.below(9000) }
    case 'write':
      return { call, slot, position, bytes: random.bytes(random.below(8) === 0 ? 0 : random.below(2000)) }
    case 'fchmod':
      return { call, slot, mode: pick(random, MODES) }
    case 'futimes':
      return { call, slot, time: pick(random, TIMES) }
    default:
      return { call, slot }
  }
}
