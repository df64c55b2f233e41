/** A22: the check of the snippets finds what is wrong with one, and says where it is and what to do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { type Chain, chainsOf } from '../../scripts/snippets/chains.js'
import { fencesOf } from '../../scripts/snippets/fences.js'
import { runSnippet } from '../../scripts/snippets/run-snippet.js'
import { shellFaults } from '../../scripts/snippets/shell-words.js'
import { classify } from '../../scripts/snippets/snippet.js'
import { Workshop } from '../../scripts/snippets/workshop.js'

const repository = resolve(import.meta.dirname, '../..')

/** A block of Markdown, on lines 1 to 3, or 2 to 4 below a comment. */
function block(language: string, text: string, comment?: string): string {
  return `${comment === undefined ? '' : `<!-- ${comment} -->\n`}\`\`\`${language}\n${text}\n\`\`\`\n`
}

/** Document, and the beginning of what has to be said of it; null: nothing. */
const CATEGORIES: readonly (readonly [title: string, file: string, markdown: string, fault: string | null])[] = [
  ['ts', 'docs/a.md', block('ts', 'export {}'), null],
  ['ts in a prelude', 'docs/a.md', block('ts', 'export {}', 'snippet: with server'), null],
  ['ts only checked', 'docs/a.md', block('ts', 'export {}', 'snippet: only checked, because it needs S3'), null],
  ['sh that runs', 'docs/a.md', block('sh', 'true', 'snippet: runs'), null],
  ['a step of the walk', 'README.md', block('sh', 'true', 'walk: user'), null],
  ['a signature', 'docs/api/a.md', block('ts signature', 'const a: number'), null],
  ['output', 'docs/a.md', block('text', 'hello'), null],
  ['json', 'docs/a.md', block('json', '{ "a": 1 }'), null],
  ['a block that goes on', 'docs/a.md', `${block('ts', 'let a = 1')}${block('ts', 'a', 'snippet: continues')}`, null],
  ['sh in no category', 'docs/a.md', block('sh', 'true'), 'docs/a.md:1 This block is in no category.'],
  ['no language', 'docs/a.md', block('', 'true'), 'docs/a.md:1 Name the language of this block'],
  ['another name of a language', 'docs/a.md', block('typescript', ''), "docs/a.md:1 Nothing is known of 'typescript'"],
  ['json that is none', 'docs/a.md', block('json', '{ a: 1 }'), 'docs/a.md:1 This is no JSON'],
  [
    'a prelude that is not there',
    'docs/a.md',
    block('ts', '', 'snippet: with nobody'),
    'docs/a.md:2 There is no test/snip',
  ],
  ['no reason', 'docs/a.md', block('ts', '', 'snippet: only checked'), "docs/a.md:2 'only checked' is no category"],
  [
    'a word too many',
    'docs/a.md',
    block('ts', '', 'snippet: runs, mostly'),
    "docs/a.md:2 'runs, mostly' is no category",
  ],
  [
    'a signature elsewhere',
    'docs/a.md',
    block('ts signature', ''),
    "docs/a.md:1 'signature' is for the pages of docs/api",
  ],
  ['a walk elsewhere', 'docs/a.md', block('sh', 'true', 'walk: user'), 'docs/a.md:2 The walk is in README.md'],
  [
    'nothing to go on from',
    'docs/a.md',
    block('ts', '', 'snippet: continues'),
    'docs/a.md:2 There is no block of this',
  ],
]
for (const [title, file, markdown, fault] of CATEGORIES) {
  test(`A22 categories: ${title}`, (t) => {
    const { faults, snippets } = classify(fencesOf(file, markdown), ['server'])
    const told = faults.map(({ where, what }) => `${where} ${what}`)
    if (fault === null) t.deepEqual(told, [])
    else t.true(told.length === 1 && told[0]?.startsWith(fault), told.join())
    t.is(snippets.length > 0, fault === null)
  })
}

test('A22 a block that never ends is found', (t) => {
  t.throws(() => fencesOf('docs/a.md', 'text\n\n```ts\nlet a = 1\n'), {
    message: 'docs/a.md:3: this code block never ends',
  })
})

test('A22 a block in a list is read without its indentation', (t) => {
  const [fence] = fencesOf('docs/a.md', '- a\n\n  ```ts\n  if (a) {\n    b()\n  }\n  ```\n')
  t.is(fence?.text, 'if (a) {\n  b()\n}')
})

const PRELUDE = `
export const token: string = 'secret'
export const port = 4571
export async function finish({ sum }: { readonly sum: number }): Promise<void> {
  if (sum !== 3) throw new Error('the sum is ' + sum)
}
`

const preludes = mkdtempSync(join(tmpdir(), 'tidemark-preludes-'))
writeFileSync(join(preludes, 'world.ts'), PRELUDE)
const workshop = new Workshop(repository, preludes)

test.after.always(() => {
  workshop.close()
  rmSync(preludes, { recursive: true })
})

function chainOf(file: string, markdown: string): Chain {
  const { snippets, faults } = classify(fencesOf(file, markdown), ['world'])
  const [chain] = chainsOf(snippets)
  if (chain === undefined) throw new Error(JSON.stringify(faults))
  return chain
}

/** A document, what the compiler has to say of it (null: nothing), and how it ends when it is run. */
const PROGRAMS: readonly (readonly [title: string, markdown: string, fault: string | null, exitCode: number])[] = [
  ['a whole module', block('ts', "import { ROOT_ID } from 'tidemark'\nconsole.log(ROOT_ID satisfies string)"), null, 0],
  [
    'an option that is not there',
    block('ts', "import { SyncEngine } from 'tidemark'\nnew SyncEngine({ colour: 1 })"),
    'docs/a.md:3',
    1,
  ],
  ['a name that is not exported', block('ts', "import { Engine } from 'tidemark'\nEngine"), 'docs/a.md:2', 1],
  ['a name out of nowhere', block('ts', 'console.log(token)'), 'docs/a.md:2', 1],
  ['the same name of a prelude', block('ts', 'const sum = token.length - 3', 'snippet: with world'), null, 0],
  ['a prelude that is not content', block('ts', 'const sum = token.length', 'snippet: with world'), null, 1],
  [
    'a prelude that is given the wrong thing',
    block('ts', "const sum = 'three'", 'snippet: with world'),
    'docs/a.md:2, around it',
    1,
  ],
  [
    'two blocks, the second wrong',
    `${block('ts', 'const a = 1')}\n${block('ts', 'a.b', 'snippet: continues')}`,
    'docs/a.md:7',
    0,
  ],
  ['js', block('js', "import { toHex } from 'tidemark'\ntoHex(new Uint8Array(2))"), null, 0],
  [
    'js that hands over the wrong thing',
    block('js', "import { toHex } from 'tidemark'\ntoHex(null)"),
    'docs/a.md:3',
    1,
  ],
  ['one that throws', block('ts', "throw new Error('no')"), null, 1],
  ['one that lives on', block('ts', 'setInterval(() => undefined, 1e6)'), null, 0],
  [
    'the server of documents is that of the prelude',
    block('ts', "const sum = 'http://127.0.0.1:4570'.endsWith('4571') ? 3 : 0", 'snippet: with world'),
    null,
    0,
  ],
  ['sh', block('sh', 'cd / && true', 'snippet: runs'), null, 0],
  ['sh of which the first line fails', block('sh', 'false\ntrue', 'snippet: runs'), null, 1],
]
const programs = PROGRAMS.map(([title, markdown, fault, exitCode], at) => {
  const chain = chainOf(`docs/${at}.md`, markdown)
  const file = chain.language === 'sh' ? null : workshop.add(chain)
  return { title, chain, file, fault, exitCode, at }
})

test('A22 programs: what the compiler finds is told at its place in the document', (t) => {
  const found = workshop.check().map(({ where }) => where)
  const wanted = programs.flatMap(({ fault, at }) =>
    fault === null ? [] : [fault.replace('docs/a.md', `docs/${at}.md`)],
  )
  t.deepEqual(found.sort(), wanted.sort())
})

for (const { title, chain, file, exitCode } of programs) {
  test.serial(`A22 programs: ${title} ${exitCode === 0 ? 'runs' : 'fails'}`, async (t) => {
    t.timeout(60_000)
    t.is((await runSnippet(chain, workshop.directory, file)).exitCode, exitCode)
  })
}

const KNOWN = {
  scripts: ['test', 'demo'],
  commands: new Map([
    ['sync', 'Usage: tidemark sync [options] [folder]\n  --confirm <guard>  let it\n  --json  say it\n'],
  ]),
  packages: ['express', '@node-rs/argon2', './tidemark-0.1.0.tgz'],
}
const LINES: readonly (readonly [line: string, fault: string | null])[] = [
  ['npx tidemark sync Notes --json --confirm=mass-delete:up', null],
  ['npx tidemark --help', null],
  ['TIDEMARK_HOME=x npx tidemark sync > out.txt 2>&1 # --colour', null],
  ['npm install && npm run demo', null],
  ['npm install express @node-rs/argon2 ./tidemark-0.1.0.tgz', null],
  ['curl --anything http://127.0.0.1:4570/healthz', null],
  ['npx tidemark sing', "There is no command 'tidemark sing'"],
  ['npx tidemark sync --colour', "'tidemark sync' has no option --colour"],
  ['npx tidemark sync --con', "'tidemark sync' has no option --con"],
  ['cat x | npx tidemark sync \\\n  --colour', "'tidemark sync' has no option --colour"],
  ['npm install && npm run dmeo', "package.json has no script 'dmeo'"],
  ['npm install exprss@5', "'exprss@5' is no package"],
  ['npm install ./tidemark-0.0.9.tgz', "'./tidemark-0.0.9.tgz' is no package"],
]
for (const [line, fault] of LINES) {
  test(`A22 shell: ${line.replaceAll('\n', ' ')}`, (t) => {
    const faults = shellFaults(line, KNOWN)
    if (fault === null) t.deepEqual(faults, [])
    else t.true(faults.length === 1 && faults[0]?.startsWith(fault), faults.join())
  })
}
