/**
 * The plan of the house as data: which rooms exist, on which floor each stands, what leaves may import.
 * Nothing here reads a file.
 */

/** Rooms and files of `src/`, bottom floor first. Rooms on one floor are siblings and do not know each other. */
export const CORE_FLOORS: readonly (readonly string[])[] = [
  ['errors.ts'],
  ['model'],
  ['interfaces'],
  ['content', 'reconcile', 'protocol', 'accounts'],
  ['engine', 'server'],
  ['options.ts'],
  ['sync-engine.ts'],
  ['index.ts'],
]

/** Files that may be missing from no copy of the house, and rooms that may not be empty. */
export const REQUIRED: readonly string[] = [
  'src/errors.ts',
  'src/model',
  'src/interfaces',
  'src/content',
  'src/reconcile',
  'src/protocol',
  'src/accounts',
  'src/accounts/index.ts',
  'src/engine',
  'src/server',
  'src/server/index.ts',
  'src/options.ts',
  'src/sync-engine.ts',
  'src/index.ts',
  'adapters/shared',
  'adapters/browser/index.ts',
  'adapters/express/index.ts',
  'adapters/memory/index.ts',
  'adapters/node/index.ts',
  'adapters/sqlite/index.ts',
  'examples/cli',
  'examples/express-server',
  'examples/web',
]

/** Directories directly below these three; rooms of `src/` and `adapters/` have no inner directories. */
export const ROOMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['src', CORE_FLOORS.flat().filter((name) => !name.endsWith('.ts'))],
  ['adapters', ['shared', 'browser', 'express', 'memory', 'node', 'simulation', 'sqlite']],
  ['examples', ['cli', 'express-server', 'web']],
])

/** Ambient declarations, not a module: it stands on no floor. */
export const AMBIENT: readonly string[] = ['src/platform.d.ts']

/** All that an adapter may import of the core: what is not here, a third party could not use either. */
export const PUBLIC_ENTRIES: readonly string[] = ['src/index.ts', 'src/server/index.ts', 'src/accounts/index.ts']

/** Packages that the core may import. */
export const CORE_PACKAGES: readonly string[] = ['@stablelib/blake2b', 'nanoevents', 'valibot']

export function mayBeBarrel(file: string): boolean {
  return PUBLIC_ENTRIES.includes(file) || /^adapters\/(?!shared\/)[^/]+\/index\.ts$/.test(file)
}

export interface Place {
  readonly tree: 'src' | 'adapters' | 'examples'
  /** Directory below the tree, or the file itself for the single files of `src/`. */
  readonly room: string
  /** Height in the whole house; null for a file that stands on no floor. */
  readonly floor: number | null
}

/** Where a file stands, by its path relative to the root of the repository. */
export function placeOf(file: string): Place | null {
  const [tree, room] = file.split('/')
  if (room === undefined) return null
  switch (tree) {
    case 'src': {
      const floor = CORE_FLOORS.findIndex((rooms) => rooms.includes(room))
      return { tree, room, floor: floor === -1 ? null : floor }
    }
    case 'adapters':
      return { tree, room, floor: CORE_FLOORS.length + (room === 'shared' ? 0 : 1) }
    case 'examples':
      return { tree, room, floor: CORE_FLOORS.length + 2 }
    default:
      return null
  }
}
