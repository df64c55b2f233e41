/** Parts that break a contract, as somebody might write them: each has to be found by the worlds. */

import type { Decorations, Fault } from '../../adapters/simulation/index.js'
import {
  decodeAnswer,
  decodeRequest,
  encodeAnswer,
  type LocalStore,
  type StagedFile,
  type StateStore,
} from '../../src/index.js'

export interface PlantedPart {
  readonly title: string
  readonly decorations: Decorations
  /** The rule that has to be among the broken ones, where only that says that its check works. */
  readonly rule?: string
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
    title: 'a store that answers a look at directories from an earlier look, for some seconds',
    rule: 'INV-32',
    decorations: local((store) => {
      const looks = new Map<
        string,
        { readonly since: number; readonly listings: Awaited<ReturnType<typeof store.scan>> }
      >()
      let calls = 0
      return {
        scan: async (paths, options) => {
          calls += 1
          const key = `${String(options?.deep)} ${paths.join('|')}`
          const known = looks.get(key)
          if (known !== undefined && calls - known.since < 4) return known.listings
          const listings = await store.scan(paths, options)
          looks.set(key, { since: calls, listings })
          return listings
        },
      }
    }),
    faults: {},
  },
  {
    title: 'a way to the server that leaves the last change of a page out',
    rule: 'INV-32',
    decorations: {
      transport: (transport) => ({
        workspace: transport.workspace,
        subscribe: (handlers) => transport.subscribe(handlers),
        close: () => transport.close(),
        exchange: async (frame, options) => {
          const bytes = await transport.exchange(frame, options)
          const answer = decodeAnswer(bytes, decodeRequest(frame))
          if (answer.type !== 'pull' || answer.state.standing !== 'current') return bytes
          const page = { ...answer.state.page, revisions: answer.state.page.revisions.slice(0, -1) }
          return encodeAnswer({ ...answer, state: { ...answer.state, page } })
        },
      }),
    },
    faults: {},
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
