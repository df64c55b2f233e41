/**
 * The checks that are to find the planted bugs: one list for all of them. Only the room of the changed file says what of
 * it comes first, as a person would begin with the tests next to what was changed; no bug says what finds it.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export type Check =
  /** One test file. */
  | { readonly kind: 'tests'; readonly file: string }
  /** Simulated worlds from seed 1 on. */
  | { readonly kind: 'worlds'; readonly seeds: number }

/**
 * Of the repository and its documents, not of what is shipped; or in need of built examples. The events of
 * `engine-events` stand in a file word for word: any other draw of chance changes them, and proves no rule.
 */
const OF_THE_HOUSE =
  /^test\/(package\/|simulation\/planted|conformance\/(contracts|log\.)|integration\/(cli|demo|walk|snippets|server-data)|unit\/(api-reference|documents|embedding|engine-events|floors|package-checks|patent|planted-patches|runner|snippets|oracle))/

/** Test files that take more than ten seconds: after the others of their room. */
const SLOW =
  /^test\/(conformance\/local-store|unit\/(engine-(lifecycle|pause|resolve-steps|restore|stop|streaming-breaks)|planner-property|gc)\.test)/

/** The rooms of the house with the tests next to them; `worlds`: a few simulated worlds before those. */
const NEXT_TO: readonly (readonly [room: string, checks: readonly string[]])[] = [
  ['src/content/', ['unit/content', 'conformance/hasher']],
  ['src/reconcile/', ['worlds', 'unit/observe', 'unit/planner', 'unit/names', 'unit/folding', 'unit/ignore']],
  ['src/protocol/', ['unit/protocol', 'unit/frame', 'unit/server-hostile']],
  ['src/accounts/', ['unit/accounts', 'unit/login']],
  ['src/server/', ['worlds', 'unit/server', 'unit/gc', 'unit/collect', 'unit/quota']],
  ['src/engine/', ['worlds', 'unit/engine', 'unit/hostile', 'unit/conflict']],
  ['src/', ['worlds', 'unit/protocol', 'unit/content', 'unit/observe', 'unit/planner']],
  ['adapters/shared/pack', ['unit/pack', 'conformance/chunk-store']],
  ['adapters/shared/memory', ['conformance/metadata-store', 'conformance/chunk-store', 'conformance/state-store']],
  ['adapters/shared/sql-lock', ['unit/sqlite.test', 'integration/roots']],
  ['adapters/shared/sql', ['conformance/metadata-store', 'conformance/state-store', 'unit/sqlite']],
  ['adapters/sqlite/', ['conformance/metadata-store', 'unit/sqlite']],
  ['adapters/shared/', ['worlds', 'conformance/local-store', 'unit/simulated-disk']],
  ['adapters/node/watcher', ['conformance/watcher', 'integration/watcher']],
  ['adapters/node/', ['conformance/local-store', 'conformance/state-store', 'conformance/transport']],
  ['adapters/express/', ['integration/http']],
]

const FEW_WORLDS = 40
export const MOST_WORLDS = 2_000

/**
 * Every check once (the worlds twice: few, then many), in the order for a change of this file: tests that import it or are
 * called like it, a few worlds, the tests of its room, many worlds, everything else.
 */
export function checksFor(file: string, root: string): readonly Check[] {
  const all = testFiles(root)
  const near = NEXT_TO.find(([room]) => file.startsWith(room))?.[1] ?? []
  const chosen = new Set<string>()
  const take = (wanted: (test: string) => boolean): readonly Check[] =>
    all.filter((test) => !chosen.has(test) && wanted(test)).map((test) => checkOf(test, chosen))
  return [
    ...take((test) => !SLOW.test(test) && speaksOf(file, test, root)),
    ...(near.includes('worlds') ? [{ kind: 'worlds', seeds: FEW_WORLDS } as const] : []),
    ...near.flatMap((name) => take((test) => test.startsWith(`test/${name}`))),
    { kind: 'worlds', seeds: MOST_WORLDS },
    ...take((test) => !test.startsWith('test/integration/')),
    ...take(() => true),
  ]
}

/** It imports the very file, or carries its name. */
function speaksOf(file: string, test: string, root: string): boolean {
  const stem = basename(file, '.ts')
  if (basename(test).split(/[-.]/).join('-').includes(stem)) return true
  return readFileSync(join(root, test), 'utf8').includes(`/${file.replace(/\.ts$/, '.js')}'`)
}

function checkOf(file: string, chosen: Set<string>): Check {
  chosen.add(file)
  return { kind: 'tests', file }
}

function testFiles(root: string): readonly string[] {
  return readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((file) => join('test', file))
    .filter((file) => file.endsWith('.test.ts') && !OF_THE_HOUSE.test(file))
    .sort((a, b) => Number(SLOW.test(a)) - Number(SLOW.test(b)) || (a < b ? -1 : 1))
}
