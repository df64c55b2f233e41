/** Parts that break a contract, as somebody might write them: each has to be found by the worlds. */

import type { Decorations, Fault } from '../../adapters/simulation/index.js'
import type { LocalStore, StagedFile, StateStore } from '../../src/index.js'

export interface PlantedPart {
  readonly title: string
  readonly decorations: Decorations
  /** Weights of what has to break for it to show; the usual ones by default. */
  readonly faults?: Partial<Readonly<Record<Fault, number>>>
}

type Part = LocalStore | StagedFile | StateStore

/** The shipped part with some calls of its own. */
function instead<T extends Part>(part: T, calls: Partial<T>): T {
  return new Proxy(part, {
    get(target, name) {
      const own: unknown = Reflect.get(calls, name)
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

const local = (calls: (store: LocalStore) => Partial<LocalStore>): Decorations => ({
  local: (store) => instead(store, calls(store)),
})

export const PLANTED_PARTS: readonly PlantedPart[] = [
  {
    title: 'a store that replaces whatever stands there',
    decorations: local((store) => ({
      replaceIf: async (staged, to, expected, options) => {
        const found = await store.stat(to.path)
        const stamp = found.state === 'present' ? found.entry.stamp : expected.stamp
        return store.replaceIf(staged, to, { ...expected, stamp }, options)
      },
    })),
  },
  {
    title: 'a store that removes whatever stands there',
    decorations: local((store) => ({
      removeIf: async (from, expected, options) => {
        const found = await store.stat(from.path)
        const stamp = found.state === 'present' ? found.entry.stamp : expected.stamp
        return store.removeIf(from, { ...expected, stamp }, options)
      },
    })),
  },
  {
    title: 'a store that flushes nothing',
    decorations: local(() => ({ flush: async () => [] })),
    faults: { 'power-loss': 1 },
  },
  {
    title: 'a store that takes a listing that failed for an empty one',
    decorations: local((store) => ({
      scan: async (paths, options) =>
        new Map(
          [...(await store.scan(paths, options))].map(([path, listing]) => [
            path,
            listing.state === 'unknown' ? { state: 'complete', directory: null, entries: [] } : listing,
          ]),
        ),
    })),
    faults: { 'disk-error': 1 },
  },
  {
    title: 'a store that leaves out an entry when a directory has many',
    decorations: local((store) => ({
      scan: async (paths, options) =>
        new Map(
          [...(await store.scan(paths, options))].map(([path, listing]) => [
            path,
            listing.state === 'complete' && listing.entries.length > 6
              ? { ...listing, entries: listing.entries.slice(0, -1) }
              : listing,
          ]),
        ),
    })),
  },
  {
    title: 'a store that cuts the last byte off what it stages',
    decorations: local((store) => ({
      stage: async (name, options) => {
        const file = await store.stage(name, options)
        return instead(file, {
          finish: async (attributes) => {
            if (file.written > 20) await file.truncate(file.written - 1)
            return file.finish(attributes)
          },
        })
      },
    })),
  },
  {
    title: 'a client database that forgets a batch now and then',
    decorations: {
      state: (store) => {
        let batches = 0
        return instead(store, {
          batch: async (puts, deletes) => {
            batches += 1
            if (batches % 7 !== 0) await store.batch(puts, deletes)
          },
        })
      },
    },
    faults: { kill: 1 },
  },
]
