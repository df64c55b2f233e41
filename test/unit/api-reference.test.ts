/** A22: docs/api says what the source says, every public name has a docstring, and what breaks either is found. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { publicEntries } from '../../scripts/api/entries.js'
import { pagesOf } from '../../scripts/api/pages.js'
import { type PublicEntry, readEntries, undocumented } from '../../scripts/api/public-names.js'
import { outdated, PLACE, referenceOf } from '../../scripts/api/reference.js'

const repository = resolve(import.meta.dirname, '../..')
let reference: readonly PublicEntry[]

test.before('read every entry', () => {
  reference = referenceOf(repository)
})

test('A22 every public name, and every public member of one, has a docstring', (t) => {
  t.deepEqual(undocumented(reference), [])
})

test('A22 docs/api is what the source says', (t) => {
  t.deepEqual(outdated(repository, reference), [])
})

test('A22 docs/api tells of every value that an entry exports', (t) => {
  const exported = JSON.parse(readFileSync(join(repository, 'test/package/exports.json'), 'utf8')) as Readonly<
    Record<string, readonly string[]>
  >
  const told = reference.map(({ specifier, names }) => {
    const values = names.filter(({ kind }) => kind !== 'interface' && kind !== 'type')
    return [specifier, values.map(({ name }) => name)]
  })
  t.deepEqual(Object.fromEntries(told), exported)
})

const SOURCE = `
/** A thing. */
export interface Thing extends Hidden {
  /** Of it. */
  readonly size: number
  readonly type: 'thing'
}
/** What every thing has. */
interface Hidden {
  /** Its id. */
  readonly id: string
}
/** Makes one: \`size\` in bytes. */
export async function make(size = 1, { id }: { readonly id?: string } = {}): Promise<Thing> {
  return { type: 'thing', size, id: id ?? '' }
}
/** Holds things. */
export class Shelf {
  readonly #things: Thing[] = []
  /** Throws nothing. */
  put(thing: Thing) {
    this.#things.push(thing)
  }
}
/** Most. */
export const MOST = 3
/** Either. */
export type Either = Thing | null
`

function smallPackage(t: ExecutionContext, source: string): string {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-api-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ exports: { './one': { default: './dist/one.js' }, './package.json': './x' } }),
    'tsconfig.json': JSON.stringify({
      compilerOptions: { target: 'es2022', lib: ['es2022'], strict: true, types: [] },
    }),
    'src/one.ts': "export * from './thing'\n",
    'src/thing.ts': source,
  }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

function readSmall(root: string): readonly PublicEntry[] {
  return readEntries(root, publicEntries(root, { one: 'src/one.ts' }))
}

test('docs:api shows kind, signature, docstring and members of each name, and nothing private', (t) => {
  const entries = readSmall(smallPackage(t, SOURCE))
  t.deepEqual(undocumented(entries), [])
  const [entry] = entries
  t.deepEqual(
    entry?.names.map(({ kind, signature, doc, members }) => [
      kind,
      signature,
      doc,
      members.map((one) => one.signature),
    ]),
    [
      ['type', 'type Either = Thing | null', 'Either.', []],
      ['constant', 'const MOST = 3', 'Most.', []],
      ['class', 'class Shelf', 'Holds things.', ['put(thing: Thing): void']],
      [
        'interface',
        'interface Thing extends Hidden',
        'A thing.',
        ['readonly id: string', 'readonly size: number', "readonly type: 'thing'"],
      ],
      [
        'function',
        'function make(size?: number, { id }?: { readonly id?: string }): Promise<Thing>',
        'Makes one: `size` in bytes.',
        [],
      ],
    ],
  )
  t.deepEqual(
    entry?.helpers.map(({ name }) => name),
    ['Hidden'],
  )
})

test('docs:api writes the same bytes for the same source', (t) => {
  const root = smallPackage(t, SOURCE)
  t.deepEqual([...pagesOf(readSmall(root))], [...pagesOf(readSmall(root))])
})

/** What is taken out of the source, and what has to be said of it. */
const PLANTED: readonly (readonly [taken: string, said: string])[] = [
  ['/** A thing. */', 'add a docstring to Thing in src/thing.ts:3'],
  ['/** Of it. */', 'add a docstring to Thing.size in src/thing.ts:5'],
  ['/** Its id. */', 'add a docstring to Hidden.id in src/thing.ts:11'],
  ['/** Makes one: `size` in bytes. */', 'add a docstring to make in src/thing.ts:14'],
  ['/** Throws nothing. */', 'add a docstring to Shelf.put in src/thing.ts:21'],
  ['/** Most. */', 'add a docstring to MOST in src/thing.ts:26'],
  ['/** Either. */', 'add a docstring to Either in src/thing.ts:28'],
]
for (const [taken, said] of PLANTED) {
  test(`A22 a missing docstring is found: ${taken}`, (t) => {
    t.true(undocumented(readSmall(smallPackage(t, SOURCE.replace(taken, '')))).includes(said))
  })
}

test('A22 a page that is old, missing or of no entry is found, with what to do', (t) => {
  const root = smallPackage(t, SOURCE)
  const entries = readSmall(root)
  const advice = 'run `npm run docs:api` and commit docs/api'
  mkdirSync(join(root, PLACE), { recursive: true })
  for (const [file, text] of pagesOf(entries)) writeFileSync(join(root, PLACE, file), text)
  t.deepEqual(outdated(root, entries), [])

  writeFileSync(join(root, 'src/thing.ts'), SOURCE.replace('Holds things.', 'Holds many things.'))
  t.deepEqual(outdated(root, readSmall(root)), [`docs/api/one.md is not what the source says: ${advice}`])

  rmSync(join(root, PLACE, 'one.md'))
  writeFileSync(join(root, PLACE, 'two.md'), '# two\n')
  t.deepEqual(outdated(root, entries), [
    `docs/api/two.md belongs to no entry: ${advice}`,
    `docs/api/one.md is not what the source says: ${advice}`,
  ])
})
