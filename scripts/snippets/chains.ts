/** Blocks that go on from each other are one program. */
import type { Snippet } from './snippet.js'

export interface Chain {
  /** Where it begins: `docs/embedding.md:31`. */
  readonly title: string
  readonly language: 'ts' | 'js' | 'sh'
  /** In order; at least one. */
  readonly blocks: readonly Snippet[]
  readonly prelude: string | null
  /** Null: it is run. */
  readonly onlyChecked: string | null
}

export function chainsOf(snippets: readonly Snippet[]): readonly Chain[] {
  const chains: Chain[] = []
  for (const snippet of snippets) {
    const { treatment, language, file, line } = snippet
    const last = chains.at(-1)
    if (treatment.type === 'continues' && last !== undefined) {
      chains[chains.length - 1] = { ...last, blocks: [...last.blocks, snippet] }
    } else if (treatment.type === 'runs' || treatment.type === 'checked') {
      chains.push({
        title: `${file}:${line}`,
        language: language as Chain['language'],
        blocks: [snippet],
        prelude: treatment.type === 'runs' ? treatment.prelude : null,
        onlyChecked: treatment.type === 'checked' ? treatment.reason : null,
      })
    }
  }
  return chains
}
