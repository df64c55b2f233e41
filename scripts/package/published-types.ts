/**
 * Whether every entry of the packed package has its types, for each way in which TypeScript looks for them
 * (are-the-types-wrong, its profile for packages of ESM only). Asks no registry.
 */
import { checkPackage, createPackageFromTarballData, type Problem } from '@arethetypeswrong/core'
import { filterProblems, problemKindInfo } from '@arethetypeswrong/core/problems'
import { packed } from './pack.js'

/** Looking for types like Node 10 knows no `exports`; CommonJS gets this package by `require(esm)`. */
const WAYS = ['node16-esm', 'bundler'] as const

/** Scripts for a worker to run, not modules to import: there is nothing to have a type. */
const SCRIPTS: ReadonlySet<string> = new Set(['./browser/worker'])

function place(problem: Problem): string {
  if ('entrypoint' in problem) return problem.entrypoint
  return 'typesFileName' in problem && typeof problem.typesFileName === 'string' ? problem.typesFileName : 'the package'
}

export async function publishedTypesFaults(root: string): Promise<readonly string[]> {
  const analysis = await checkPackage(createPackageFromTarballData(await packed(root)))
  if (analysis.types === false)
    return ['The package has no types at all: build it, and look at `types` in package.json.']
  const problems = WAYS.flatMap((resolutionKind) => filterProblems(analysis, { resolutionKind }))
  const told = problems
    .filter((problem) => !SCRIPTS.has(place(problem)))
    .map((problem) => `${place(problem)}: ${problemKindInfo[problem.kind].shortDescription}`)
  return [...new Set(told)].map((fault) => `${fault}. Look at its \`types\` in package.json and at tsup.config.ts.`)
}
