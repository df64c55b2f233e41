/** The public entries of the package: what users write, where the source stands, which page tells of it. */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Entry {
  /** As users write it: `tidemark`, `tidemark/node`. */
  readonly specifier: string
  /** Path of the source, relative to the root of the repository. */
  readonly source: string
  /** File name of its page in docs/api. */
  readonly page: string
}

/** `sources`: the entries of the build, by the name of the file in `dist`. */
export function publicEntries(root: string, sources: Readonly<Record<string, string>>): readonly Entry[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly default: string }>>
  }
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return []
    const source = sources[basename(target.default, '.js')]
    if (source === undefined) throw new Error(`package.json exports ${subpath}, but tsup.config.ts does not build it`)
    return [{ specifier: `tidemark${subpath.slice(1)}`, source, page: `${subpath.slice(2) || 'tidemark'}.md` }]
  })
}
