/** The pages of docs/api as Markdown, one for each entry and an index. The same names give the same bytes. */
import type { Kind, PublicEntry, PublicName } from './public-names.js'

const GENERATED = '<!-- Written by `npm run docs:api` from the docstrings of the source: edit those, not this page. -->'

const SECTIONS: readonly (readonly [Kind, string])[] = [
  ['class', 'Classes'],
  ['function', 'Functions'],
  ['constant', 'Constants'],
  ['interface', 'Interfaces'],
  ['type', 'Types'],
]

/** Lines that only fill a paragraph are joined; a docstring with a code block stays as it is. */
function prose(doc: string): string {
  return doc.includes('```') ? doc : doc.replaceAll(/\n(?!\n)(?<!\n\n)/g, ' ')
}

function indented(text: string): string {
  return text.replaceAll(/\n(?=[^\n])/g, '\n  ')
}

function section(name: PublicName): string {
  const parts = [`### ${name.name}`, `\`\`\`ts signature\n${name.signature}\n\`\`\``]
  if (name.doc !== null) parts.push(prose(name.doc))
  const members = name.members.map(({ signature, doc }) => {
    const code = `- \`${signature.replaceAll(/\s*\n\s*/g, ' ')}\``
    return doc === null ? code : `${code}\\\n  ${indented(prose(doc))}`
  })
  if (members.length > 0) parts.push(members.join('\n'))
  parts.push(`[Source](../../${name.file})`)
  return parts.join('\n\n')
}

function anchor(name: PublicName): string {
  return `[${name.name}](#${name.name.toLowerCase()})`
}

function page({ specifier, source, names, helpers }: PublicEntry): string {
  const groups = SECTIONS.map(([kind, title]) => ({ title, names: names.filter((name) => name.kind === kind) }))
  const filled = groups.filter((group) => group.names.length > 0)
  const contents = filled.map((group) => `**${group.title}:** ${group.names.map(anchor).join(' · ')}`)
  const body = filled.flatMap((group) => [`## ${group.title}`, ...group.names.map(section)])
  if (helpers.length > 0) body.push('## Not exported by name', ...helpers.map(section))
  const head = [`# ${specifier}`, GENERATED, `Everything that [${source}](../../${source}) exports.`]
  return `${[...head, ...contents, ...body].join('\n\n')}\n`
}

function index(entries: readonly PublicEntry[]): string {
  const rows = entries.map(({ specifier, page: file, names }) => `| [\`${specifier}\`](${file}) | ${names.length} |`)
  const told = 'Every public name with its signature and what has to be known of it.'
  return `# API reference\n\n${GENERATED}\n\n${told}\n\n| entry | names |\n|---|---|\n${rows.join('\n')}\n`
}

/** Text by file name. */
export function pagesOf(entries: readonly PublicEntry[]): ReadonlyMap<string, string> {
  return new Map([['README.md', index(entries)], ...entries.map((entry) => [entry.page, page(entry)] as const)])
}
