/**
 * The checks that are to find the planted bugs: one list for all of them. Only the room of the changed file says what of
 * it comes first, as a person would begin with the tests next to what was changed; no bug says what finds it.
 */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export type Check =
  /** One test file. */
  | { readonly kind: 'tests'; readonly file: string }
  /** Simulated worlds from seed 1 on. */
  | { readonly kind: 'worlds'; readonly seeds: number }

/** Of the repository and its documents, not of what is shipped; or in need of built examples. */
const OF_THE_HOUSE =
  /^test\/(package\/|simulation\/planted|integration\/(cli|demo|walk|snippets|server-data)|unit\/(api-reference|documents|embedding|floors|package-checks|patent|planted-patches|runner|snippets|oracle))/

/** Test files that take more than ten seconds: after the others of their room. */
const SLOW =
  /^test\/(conformance\/local-store|unit\/(engine-(lifecycle|pause|resolve-steps|restore|stop|streaming-breaks)|planner-property|gc)\.test)/

/** The rooms of the house with the tests next to them, the cheap ones first; `worlds` stands for a few simulated worlds. */
const NEXT_TO: readonly (readonly [room: string, checks: readonly string[]])[] = [
  ['src/content/', ['unit/content', 'conformance/hasher']],
  ['src/reconcile/', ['unit/observe', 'unit/planner', 'unit/names', 'unit/folding', 'unit/ignore', 'worlds']],
  ['src/protocol/', ['unit/protocol', 'unit/frame', 'unit/server-hostile']],
  ['src/accounts/', ['unit/accounts', 'unit/login']],
  ['src/server/', ['unit/server', 'unit/gc', 'unit/collect', 'unit/quota', 'worlds']],
  ['src/engine/', ['worlds', 'unit/engine', 'unit/hostile', 'unit/conflict']],
  ['src/', ['unit/protocol', 'unit/content', 'unit/observe', 'unit/planner', 'worlds']],
  ['adapters/shared/pack', ['unit/pack', 'conformance/chunk-store']],
  ['adapters/shared/memory', ['conformance/metadata-store', 'conformance/chunk-store', 'conformance/state-store']],
  ['adapters/shared/sql-lock', ['unit/sqlite.test', 'integration/roots']],
  ['adapters/shared/sql', ['conformance/metadata-store', 'conformance/state-store', 'unit/sqlite']],
  ['adapters/sqlite/', ['conformance/metadata-store', 'unit/sqlite']],
  ['adapters/shared/', ['conformance/local-store', 'worlds', 'unit/simulated-disk']],
  ['adapters/node/watcher', ['conformance/watcher', 'integration/watcher']],
  ['adapters/node/', ['conformance/local-store', 'conformance/state-store', 'conformance/transport']],
  ['adapters/express/', ['integration/http']],
]

const FEW_WORLDS = 100
export const MOST_WORLDS = 2_000

/** Every check once (the worlds twice: few, then many), in the order for a change of this file. */
export function checksFor(file: string, root: string): readonly Check[] {
  const all = testFiles(root)
  const near = NEXT_TO.find(([room]) => file.startsWith(room))?.[1] ?? []
  const chosen = new Set<string>()
  const first = near.flatMap((name): readonly Check[] => {
    if (name === 'worlds') return [{ kind: 'worlds', seeds: FEW_WORLDS }]
    return all.filter((test) => test.startsWith(`test/${name}`) && !chosen.has(test)).map((test) => take(test, chosen))
  })
  const rest = all.filter((test) => !chosen.has(test)).map((test) => take(test, chosen))
  const isSlow = (check: Check): boolean => check.kind === 'tests' && check.file.startsWith('test/integration/')
  return [
    ...first,
    { kind: 'worlds', seeds: MOST_WORLDS },
    ...rest.filter((check) => !isSlow(check)),
    ...rest.filter(isSlow),
  ]
}

function take(file: string, chosen: Set<string>): Check {
  chosen.add(file)
  return { kind: 'tests', file }
}

function testFiles(root: string): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => join('test', file))
    .filter((file) => file.endsWith('.test.ts') && !OF_THE_HOUSE.test(file))
    .sort((a, b) => Number(SLOW.test(a)) - Number(SLOW.test(b)) || (a < b ? -1 : 1))
}
