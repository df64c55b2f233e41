/** INV-14 and INV-15: two runs of one script that differ in clocks, or in what watchers tell, end in one tree. */

import test from 'ava'
import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import { type Decorations, drawScript, simulate } from '../../adapters/simulation/index.js'
import { compareTwins, type TwinKind } from '../../adapters/simulation/twins.js'
import type { DirectoryEntry, Listing, LocalStore } from '../../src/index.js'

const PAIRS = 50
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** A store as somebody might write it, who sorts by time: what is from after 2106 is not there. */
const shortTimed: Decorations = {
  local: (store) =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'scan') return async (...args: Parameters<LocalStore['scan']>) => young(await target.scan(...args))
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? (value.bind(target) as unknown) : value
      },
    }),
}

function young(listings: ReadonlyMap<string, Listing>): ReadonlyMap<string, Listing> {
  const isKnown = ({ stamp }: DirectoryEntry): boolean => Number(stamp.mtimeNs) / 1e9 < 2 ** 32
  return new Map(
    [...listings].map(([path, listing]) => [
      path,
      listing.state === 'complete' ? { ...listing, entries: listing.entries.filter(isKnown) } : listing,
    ]),
  )
}

test('twins of clocks find a store that knows no time after 2106, where one run alone sees nothing', async (t) => {
  const script = drawScript({ seed: 1, devices: 2, steps: 16, faults: {} })
  const hasher = await wasmHasher()
  t.true((await simulate({ seed: 1, script, hasher, decorations: shortTimed })).isGood)
  const { differs, violations } = await compareTwins({ script, kind: 'clocks', hasher, turn, decorations: shortTimed })
  t.true(differs.length + violations.length > 0)
})

const KINDS: readonly (readonly [string, TwinKind])[] = [
  ['INV-14 clocks that are years apart', 'clocks'],
  ['INV-15 watchers that tell nothing', 'events'],
]
for (const [title, kind] of KINDS) {
  test(`${title}: the same tree, ${PAIRS} times`, async (t) => {
    t.timeout(5 * 60_000)
    const hasher = await wasmHasher()
    let entries = 0
    for (let seed = 1; seed <= PAIRS; seed++) {
      const script = drawScript({ seed, devices: 2, steps: 16, faults: {} })
      const twins = await compareTwins({ script, kind, hasher, turn })
      t.deepEqual([seed, twins.violations, twins.differs], [seed, [], []])
      entries += twins.entries
    }
    t.true(entries > 2 * PAIRS, `${entries} entries were compared`)
  })
}
