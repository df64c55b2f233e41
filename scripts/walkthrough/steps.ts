/**
 * README's walk as data. `<!-- walk: laptop, until "in step" -->` stands before a block of shell lines; other words are
 * `never "…"`, `key Ctrl-C` (no block follows) and `and desk says "…"`.
 */

export interface Step {
  readonly terminal: string
  readonly lines: readonly string[]
  /** What the block has to say before the next step. */
  readonly until: string | null
  readonly never: string | null
  readonly key: 'Ctrl-C' | null
  /** What has to appear in other terminals. */
  readonly others: readonly { readonly terminal: string; readonly says: string }[]
  /** Its last line does not end by itself. */
  readonly staysOpen: boolean
}

const MARKED = /<!-- walk: (?<words>[^>]*?) -->(?:\n```sh\n(?<block>[\s\S]*?)\n```)?/g
/** The terminal in which a person types one thing after the other. */
const BRIEF = 'user'

export function stepsOf(readme: string): readonly Step[] {
  const steps = [...readme.matchAll(MARKED)].map(({ groups }) => stepOf(groups?.['words'] ?? '', groups?.['block']))
  if (steps.length === 0) throw new Error('README has no walk')
  return steps
}

function stepOf(words: string, block: string | undefined): Step {
  const [terminal = '', ...clauses] = words.split(', ')
  let step: Step = {
    terminal,
    lines: block?.split('\n') ?? [],
    until: null,
    never: null,
    key: null,
    others: [],
    staysOpen: terminal !== BRIEF,
  }
  for (const clause of clauses) step = { ...step, ...clauseOf(clause, step) }
  if ((step.key === null) !== step.lines.length > 0)
    throw new Error(`this step of README needs a block, or a key: ${words}`)
  return step
}

function clauseOf(clause: string, { others }: Step): Partial<Step> {
  const [, kind, said = ''] = /^(until|never) "(.+)"$/.exec(clause) ?? []
  if (kind === 'until') return { until: said }
  if (kind === 'never') return { never: said }
  const [, terminal, says] = /^and (\w+) says "(.+)"$/.exec(clause) ?? []
  if (terminal !== undefined && says !== undefined) return { others: [...others, { terminal, says }] }
  if (clause === 'key Ctrl-C') return { key: 'Ctrl-C' }
  throw new Error(`README's walk says something that is not known: ${clause}`)
}
