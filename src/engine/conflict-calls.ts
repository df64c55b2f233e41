/** `engine.conflicts`: the calls an app makes about conflict copies. Checks what it is given, and hands it to the control loop. */

import {
  type ConflictContents,
  type ConflictEntry,
  conflictAt,
  conflictContents,
  entryOf,
  listConflicts,
} from './conflicts.js'
import type { Asked } from './asking.js'
import type { CycleParts } from './cycle.js'
import { componentsOf } from './remote-tree.js'
import {
  checkChoice,
  type ConflictChoice,
  type Resolution,
  type Resolutions,
  resolveConflict,
  resolveConflicts,
} from './resolve-conflict.js'

/** How a call can be cancelled. */
interface Call {
  /** Fails with `aborted` once it fires. */
  readonly signal?: AbortSignal
}

/** Which conflict copies a call is about. */
export interface ConflictsOptions extends Call {
  /** Only copies in this directory, below the root. Default: all. */
  readonly folder?: string
}

/** Conflicts as data. Each copy is named by its path or by its entry of `list`. */
export interface Conflicts {
  /** The conflict copies that the server has, as this device knows them; also offline. */
  list(options?: ConflictsOptions): Promise<readonly ConflictEntry[]>
  /** Both sides and their common base as bytes; each null when it is not there. Fails with `too-large` like `readFile`. */
  contents(copy: string | ConflictEntry, options?: Call): Promise<ConflictContents>
  /**
   * 'theirs': the file stays, the copy goes. 'mine': the copy's content goes into the file, and the copy goes; in one
   * group. 'both': the copy becomes a file like any other. Twice is once. Fails with `stale` when either side moved on,
   * with `offline` without a server.
   */
  resolve(copy: string | ConflictEntry, choice: ConflictChoice, options?: Call): Promise<Resolution>
  /** Each by itself; those that need a person are in `left`. */
  resolveAll(choice: ConflictChoice, options?: ConflictsOptions): Promise<Resolutions>
}

type Ask = <T>(asked: Asked<T>, signal: AbortSignal | undefined) => Promise<T>

export function conflictsOf(ask: Ask, limit: number): Conflicts {
  return {
    list: async ({ signal, folder = '' } = {}) =>
      ask(
        known(folder, async ({ state }) => listConflicts(state.trees, folder)),
        signal,
      ),
    contents: async (copy, { signal } = {}) =>
      ask(
        known('', async (parts, joint) => {
          const { trees } = parts.state
          const entry = typeof copy === 'string' ? conflictAt(trees, copy) : (entryOf(trees, copy.id) ?? copy)
          return conflictContents(parts, entry, limit, joint)
        }),
        signal,
      ),
    resolve: async (copy, choice, { signal } = {}) => {
      checkChoice(choice)
      const path = typeof copy === 'string' ? copy : copy.copy
      componentsOf(path)
      return ask(
        {
          look: 'both',
          paths: (parts) => sidesOf(parts, path),
          run: (parts, joint) => resolveConflict(parts, copy, choice, joint),
        },
        signal,
      )
    },
    resolveAll: async (choice, { signal, folder = '' } = {}) => {
      checkChoice(choice)
      if (folder !== '') componentsOf(folder)
      return ask(
        {
          look: 'both',
          paths: ({ state }) => listConflicts(state.trees, folder).flatMap(({ copy, path }) => [copy, path ?? copy]),
          run: (parts, joint) => resolveConflicts(parts, choice, folder, joint),
        },
        signal,
      )
    },
  }
}

function known<T>(folder: string, run: Asked<T>['run']): Asked<T> {
  if (folder !== '') componentsOf(folder)
  return { look: 'none', paths: () => [], run }
}

function sidesOf({ state }: CycleParts, copy: string): readonly string[] {
  const entry = listConflicts(state.trees).find((known) => known.copy === copy)
  return entry?.path == null ? [copy] : [copy, entry.path]
}
