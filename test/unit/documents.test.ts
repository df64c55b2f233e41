import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import test from 'ava'
import ts from 'typescript'
import { OPERATIONS_ROUTES } from '../../adapters/express/operations-router.js'
import { ROUTES } from '../../adapters/express/routes.js'
import { CORE_FLOORS, ROOMS } from '../../scripts/floors/house.js'
import { stepsOf } from '../../scripts/walkthrough/steps.js'
import { DOMAINS, ERROR_CODES, LIMITS, PRESENCES, PROBLEM_CODES, REFUSALS, STATUS_STATES } from '../../src/index.js'

const ROOT = resolve(import.meta.dirname, '../..')
const DOCUMENTS = [
  ...['README.md', 'CONTRIBUTING.md'],
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'))

function text(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Cells of the rows of a table, by their first cell without quotes. */
function rows(document: string): ReadonlyMap<string, readonly string[]> {
  const found = [...document.matchAll(/^\| `(.+?)` \|(.*)\|$/gm)]
  return new Map(found.map(([, first = '', rest = '']) => [first, rest.split('|').map((cell) => cell.trim())]))
}

test('every file that a document links to is there', (t) => {
  for (const path of DOCUMENTS) {
    for (const [, target = ''] of text(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      t.true(existsSync(join(ROOT, dirname(path), target)), `${path}: ${target}`)
    }
  }
})

/** Paths, from the root, that a document links to. */
function linksOf(path: string): readonly string[] {
  const links = [...text(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
  return links.map(([, target = '']) => join(dirname(path), target))
}

/** Those of the documents that none of the indexes above them links to, each with what to do. */
function unlinked(documents: readonly string[]): readonly string[] {
  return documents.flatMap((path) => {
    const [, place] = /^(docs\/(?:decisions|api)\/)/.exec(path) ?? []
    const index = place === undefined || path === `${place}README.md` ? 'docs/README.md' : `${place}README.md`
    if (path === index || linksOf(index).includes(path)) return []
    return [`${path} is linked from no index: add a line that says what it is for to ${index}`]
  })
}

test('every document is listed in docs/README.md, or in the index of its folder', (t) => {
  t.deepEqual(unlinked(DOCUMENTS), [])
  for (const [path, index] of [
    ['docs/planted.md', 'docs/README.md'],
    ['docs/decisions/9999-planted.md', 'docs/decisions/README.md'],
    ['docs/api/planted.md', 'docs/api/README.md'],
  ] as const) {
    t.deepEqual(unlinked([path]), [`${path} is linked from no index: add a line that says what it is for to ${index}`])
  }
})

test('CONTRIBUTING.md names files, scripts and names that are there', (t) => {
  const contributing = text('CONTRIBUTING.md')
  const { scripts } = JSON.parse(text('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
  const named = [...contributing.matchAll(/`([^`\n]+)`/g)].map(([, name = '']) => name)
  const files = named.filter((name) => /^(src|adapters|scripts|test|docs|examples|\.changeset)\/[\w./-]+$/.test(name))
  t.true(files.length > 20)
  for (const file of files) t.true(existsSync(join(ROOT, file)), file)
  const commands = [...contributing.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name)
  t.true(commands.length > 5)
  for (const command of commands) t.true(command in scripts, command)
  for (const [, name = '', file = ''] of contributing.matchAll(/`([A-Z_]+)` (?:in|of)\s+`([\w./-]+)`/g)) {
    t.true(text(file).includes(name), `${name} in ${file}`)
  }
})

test('docs/protocol.md names every limit with its value, every route, request domain and refusal', (t) => {
  const protocol = text('docs/protocol.md')
  const table = rows(protocol)
  for (const [name, value] of Object.entries(LIMITS)) t.is(table.get(name)?.[0], value.toLocaleString('en'), name)
  for (const { method, path, does } of [...ROUTES, ...OPERATIONS_ROUTES])
    t.is(table.get(`${method} ${path}`)?.[1], does, path)
  for (const refusal of REFUSALS) t.true(protocol.includes(`\`${refusal}\``), refusal)
  for (const [name, byte] of Object.entries(DOMAINS)) {
    const words: Readonly<Record<string, string>> = { changes: 'list of changes', check: 'key check' }
    t.true(protocol.replace(/\s+/g, ' ').includes(`${byte} ${words[name] ?? name}`), name)
  }
})

test('docs/errors.md names every error code as the code means it, every problem code and every state, each with what to do', (t) => {
  const [, errors = '', problems = '', states = ''] = text('docs/errors.md').split(/^## .*$/m)
  for (const [document, names, cells] of [
    [errors, ERROR_CODES, 2],
    [problems, PROBLEM_CODES, 2],
    [states, STATUS_STATES, 1],
  ] as const) {
    const table = rows(document)
    t.deepEqual([...table.keys()].sort(), [...names].sort())
    for (const [name, said] of table) t.is(said.filter((cell) => cell !== '').length, cells, name)
  }
  const meanings = new Map(
    [...text('src/errors.ts').matchAll(/^ {2}'([a-z-]+)', \/\/ (.+)$/gm)].map(([, code = '', meaning]) => [
      code,
      meaning,
    ]),
  )
  for (const code of ERROR_CODES) t.is(rows(errors).get(code)?.[0], meanings.get(code), code)
})

test('docs/architecture.md shows every floor and every room', (t) => {
  const architecture = text('docs/architecture.md')
  const picture = architecture.split('```')[1] ?? ''
  for (const name of [...CORE_FLOORS.flat(), ...[...ROOMS.values()].flat()]) t.true(picture.includes(name), name)
})

test('docs/glossary.md knows every presence', (t) => {
  const glossary = text('docs/glossary.md')
  for (const presence of PRESENCES) t.true(glossary.includes(presence), presence)
})

test('the example of README is eight lines at most, and complete TypeScript', (t) => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text('README.md')) ?? []
  t.true(example.trimEnd().split('\n').length <= 8)
  const { diagnostics } = ts.transpileModule(example, { reportDiagnostics: true })
  t.deepEqual(diagnostics, [])
  const known = JSON.parse(text('test/package/exports.json')) as Readonly<Record<string, readonly string[]>>
  for (const [, names = '', from = ''] of example.matchAll(/import \{ (.+) \} from '(.+)'/g)) {
    for (const name of names.split(', ')) t.true(known[from]?.includes(name), `${name} from ${from}`)
  }
})

test('the walk of README reads as steps: each command of the command line is shown or told of', (t) => {
  const readme = text('README.md')
  const lines = stepsOf(readme).flatMap((step) => step.lines)
  for (const name of ['serve', 'register', 'login', 'link', 'watch', 'status']) {
    t.true(
      lines.some((line) => line.includes(`npx tidemark ${name}`)),
      name,
    )
  }
  for (const name of ['sync', 'plan']) t.true(readme.includes(`tidemark ${name}`), name)
  t.throws(() => stepsOf('nothing of the kind'))
  t.throws(() => stepsOf('<!-- walk: user, dances -->\n```sh\nls\n```'))
  t.throws(() => stepsOf('<!-- walk: user, until "x" -->\nno block'))
})
