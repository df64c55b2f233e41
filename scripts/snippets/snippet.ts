/**
 * What is done with each code block of the documents. A block says so itself, in a comment right above it:
 *
 *   (nothing)                             ts, js: a module of its own, type-checked and run
 *   <!-- snippet: runs -->                sh: run in an empty directory
 *   <!-- snippet: with <prelude> -->      with what test/snippets/<prelude>.ts exports (sh: in its environment)
 *   <!-- snippet: continues -->           goes on from the block before, in the same document
 *   <!-- snippet: only checked, because <reason> -->
 *   <!-- walk: … -->                      sh: a step of README's walk, run by its own test
 *   <!-- file: <name> -->                 a file of a page that a test in test/package makes a project of
 *   ```ts signature                       in docs/api: written, and compared, by docs:api
 *
 * A block in none of these categories is a fault, never skipped.
 */
import type { Fence } from './fences.js'

export interface Snippet extends Fence {
  readonly treatment: Treatment
}

export type Treatment =
  | { readonly type: 'runs'; readonly prelude: string | null }
  | { readonly type: 'continues' }
  | { readonly type: 'checked'; readonly reason: string }
  | { readonly type: 'walk' }
  /** A file of a page whose own test makes a project of it. */
  | { readonly type: 'filed' }
  | { readonly type: 'signature' }
  /** Not code of ours: output, pictures, configuration of other programs. */
  | { readonly type: 'shown' }

export interface Fault {
  readonly where: string
  readonly what: string
}

/** Its test takes the files word for word, installs the packed package beside them, and runs them. */
/** Pages of which a test makes a project. */
const FILES_OF = ['docs/writing-an-adapter.md', 'docs/simulation.md']

export const CODE: readonly string[] = ['ts', 'js', 'sh']
const SHOWN: readonly string[] = ['text', 'json', 'diff', 'http', 'html', 'css', 'sql', 'nginx', 'ini', 'yaml', 'toml']

const HOW = {
  ts: "Write '<!-- snippet: with <prelude> -->' or '<!-- snippet: only checked, because … -->' above it, or nothing.",
  sh: "Write '<!-- snippet: runs -->', '<!-- snippet: with <prelude> -->' or '<!-- snippet: only checked, because … -->' above it.",
} as const

/** The treatment of a block, or what is wrong with it, as a sentence. `preludes`: names of those there are. */
export function treatmentOf(fence: Fence, preludes: readonly string[]): Treatment | string {
  const { language, info, comment } = fence
  if (!CODE.includes(language)) return shown(fence)
  if (info === 'signature') {
    return fence.file.startsWith('docs/api/') ? { type: 'signature' } : "'signature' is for the pages of docs/api."
  }
  if (info !== '') return `Nothing is known of '${info}' behind the language.`
  if (comment?.startsWith('walk: ') === true) return walk(fence)
  if (comment?.startsWith('file: ') === true) return filed(fence)
  const how = language === 'sh' ? HOW.sh : HOW.ts
  const words = /^snippet: (.*)$/.exec(comment ?? '')?.[1]
  if (words === undefined)
    return language === 'sh' ? `This block is in no category. ${how}` : { type: 'runs', prelude: null }
  return told(words, preludes) ?? `'${words}' is no category. ${how}`
}

function told(words: string, preludes: readonly string[]): Treatment | string | null {
  if (words === 'runs') return { type: 'runs', prelude: null }
  if (words === 'continues') return { type: 'continues' }
  const [, reason] = /^only checked, because (.{10,})$/.exec(words) ?? []
  if (reason !== undefined) return { type: 'checked', reason }
  const [, prelude] = /^with ([a-z-]+)$/.exec(words) ?? []
  if (prelude === undefined) return null
  if (preludes.includes(prelude)) return { type: 'runs', prelude }
  return `There is no test/snippets/${prelude}.ts. Preludes are ${preludes.join(', ')}.`
}

function shown({ language, text }: Fence): Treatment | string {
  if (language === '') return 'Name the language of this block: `text` for output and pictures, `sh` for commands.'
  if (!SHOWN.includes(language))
    return `Nothing is known of '${language}'. Code is ${CODE.join(', ')}; ${SHOWN.join(', ')} is only shown.`
  if (language !== 'json') return { type: 'shown' }
  try {
    JSON.parse(text)
    return { type: 'shown' }
  } catch (error) {
    return `This is no JSON: ${String(error)}`
  }
}

function walk({ file, language }: Fence): Treatment | string {
  const isStep = file === 'README.md' && language === 'sh'
  return isStep ? { type: 'walk' } : 'The walk is in README.md, and of sh.'
}

function filed({ file }: Fence): Treatment | string {
  return FILES_OF.includes(file) ? { type: 'filed' } : `Files are what ${FILES_OF.join(' and ')} consist of.`
}

/** Every block with its treatment, and every fault. */
export function classify(
  fences: readonly Fence[],
  preludes: readonly string[],
): { readonly snippets: readonly Snippet[]; readonly faults: readonly Fault[] } {
  const snippets: Snippet[] = []
  const faults: Fault[] = []
  for (const fence of fences) {
    const treatment = treatmentOf(fence, preludes)
    const where = `${fence.file}:${fence.line}`
    if (typeof treatment === 'string') faults.push({ where, what: treatment })
    else if (treatment.type === 'continues' && !goesOn(fence, snippets.at(-1))) {
      faults.push({ where, what: 'There is no block of this language before it to go on from.' })
    } else snippets.push({ ...fence, treatment })
  }
  return { snippets, faults }
}

function goesOn(fence: Fence, before: Snippet | undefined): boolean {
  if (before === undefined || before.file !== fence.file || before.language !== fence.language) return false
  return (
    before.treatment.type === 'runs' || before.treatment.type === 'checked' || before.treatment.type === 'continues'
  )
}
