/** Goal 22: dead code, a package that is put together wrongly, a core that grew and a silent release are found by `npm test`. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { changesetFaults } from '../../scripts/package/changesets.js'
import { publintFaults } from '../../scripts/package/publint.js'
import { publishedTypesFaults } from '../../scripts/package/published-types.js'
import { releasePlan } from '../../scripts/package/release-plan.js'
import { BUDGETS, sizeFaults } from '../../scripts/package/size.js'
import { run } from '../../scripts/testing/process.js'
import { STEPS } from '../../scripts/testing/steps.js'

const repository = resolve(import.meta.dirname, '../..')

type Files = Readonly<Record<string, string>>

function plant(root: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}

function temporary(t: ExecutionContext, files: Files): string {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-checks-'))
  t.teardown(() => rmSync(root, { recursive: true }))
  plant(root, files)
  return root
}

/** The sources of this repository, with its packages. */
function copyOfRepository(t: ExecutionContext): string {
  const root = temporary(t, {})
  const parts = ['src', 'adapters', 'scripts', 'test', 'examples', 'package.json', 'knip.jsonc', 'tsconfig.base.json']
  for (const part of [...parts, 'tsconfig.json', 'tsup.config.ts', 'eslint.config.js', 'biome.json', '.gitignore']) {
    const filter = (path: string): boolean => !['node_modules', 'dist'].includes(basename(path))
    cpSync(join(repository, part), join(root, part), { recursive: true, filter })
  }
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  return root
}

test('dead code: an export, a file, a dependency and a package that nobody named are found, and nothing else', async (t) => {
  t.timeout(180_000)
  const step = STEPS.find(({ name }) => name === 'dead code')
  const root = copyOfRepository(t)
  t.is((await step?.run(root))?.details, '')
  plant(root, {
    'src/model/forgotten.ts': 'export const forgotten = 1\n',
    'src/engine/paths.ts': `${read(root, 'src/engine/paths.ts')}\nexport const plantedExport = 1\n`,
    'adapters/node/index.ts': `${read(root, 'adapters/node/index.ts')}\nimport 'planted-package'\n`,
  })
  const manifest = JSON.parse(read(root, 'package.json')) as { dependencies: Record<string, string> }
  manifest.dependencies['planted-dependency'] = '1.0.0'
  plant(root, { 'package.json': JSON.stringify(manifest) })
  const outcome = await step?.run(root)
  t.is(outcome?.failed, 1)
  for (const name of ['src/model/forgotten.ts', 'plantedExport', 'planted-dependency', 'planted-package']) {
    t.true(outcome?.details.includes(name), `${name}\n${outcome?.details}`)
  }
})

function read(root: string, path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

const MANIFEST = {
  name: 'tidemark',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  sideEffects: false,
  files: ['dist'],
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' }, './package.json': './package.json' },
}
const SMALL: Files = {
  'package.json': JSON.stringify(MANIFEST),
  'README.md': '# Small\n',
  'dist/index.js': 'export const one = 1\n',
  'dist/index.d.ts': 'export declare const one: number\n',
}

function withExports(exports: unknown): Files {
  return { 'package.json': JSON.stringify({ ...MANIFEST, exports }) }
}

/** Title, what is other than in a good package, and what has to be said; null: nothing. */
const PACKAGES: readonly (readonly [title: string, planted: Files, publint: string | null, types: string | null])[] = [
  ['a good one', {}, null, null],
  [
    'types behind the default',
    withExports({ '.': { default: './dist/index.js', types: './dist/index.d.ts' } }),
    'types',
    null,
  ],
  [
    'an entry that is not built',
    withExports({ '.': MANIFEST.exports['.'], './x': './dist/x.js' }),
    'dist/x.js',
    './x: ',
  ],
  [
    'an entry without types',
    { 'dist/x.js': '', ...withExports({ '.': MANIFEST.exports['.'], './x': './dist/x.js' }) },
    null,
    './x: ',
  ],
  ['CommonJS in a module', { 'dist/index.js': 'module.exports = { one: 1 }\n' }, 'index.js', null],
  [
    'types that tell of CommonJS',
    {
      'dist/index.d.cts': 'export declare const one: number\n',
      ...withExports({ '.': { types: './dist/index.d.cts', default: './dist/index.js' } }),
    },
    null,
    'index.d.cts: Masquerading as CJS',
  ],
]
for (const [title, planted, publint, types] of PACKAGES) {
  test(`the package as published: ${title}`, async (t) => {
    t.timeout(120_000)
    const root = temporary(t, { ...SMALL, ...planted })
    const [said, typed] = [await publintFaults(root), await publishedTypesFaults(root)]
    if (publint === null) t.deepEqual(said, [])
    else
      t.true(
        said.some((fault) => fault.includes(publint)),
        JSON.stringify(said),
      )
    if (types === null) t.deepEqual(typed, [])
    else
      t.true(
        typed.some((fault) => fault.includes(types)),
        JSON.stringify(typed),
      )
  })
}

test('the package as published: one without any types', async (t) => {
  t.timeout(120_000)
  const { 'dist/index.d.ts': _types, ...rest } = SMALL
  const root = temporary(t, { ...rest, ...withExports({ '.': './dist/index.js' }) })
  t.is((await publishedTypesFaults(root)).length, 1)
})

test('P17 size: a core above its ceiling is found, with what weighs', async (t) => {
  const root = temporary(t, {
    'src/index.ts': "export * from './model/small.js'\nexport * from './engine/large.js'\n",
    'src/model/small.ts': 'export const small = 1\n',
    'src/engine/large.ts': `export const large = '${Array.from({ length: 2_000 }, (_, at) => at).join()}'\n`,
  })
  const budget = (ceiling: number) => [{ title: 'core', source: "export * from './src/index.js'", ceiling }]
  t.deepEqual(await sizeFaults(root, budget(20_000)), [])
  const [fault] = await sizeFaults(root, budget(1_000))
  t.regex(
    fault ?? '',
    /^core: \d+ bytes after gzip, \d+ above the ceiling of 1000\. .* src\/engine \d+, src\/model \d+\.$/,
  )
})

test('P17 size: every budget is of the core as it is, and has a ceiling in sight', async (t) => {
  const tight = BUDGETS.map((budget) => ({ ...budget, ceiling: Math.floor(budget.ceiling / 2) }))
  t.is((await sizeFaults(repository, tight)).length, BUDGETS.length)
})

const CONFIG = JSON.stringify({ changelog: false, commit: false, access: 'public', baseBranch: 'main', ignore: [] })
const entry = (name: string, text: string): string => `---\n"${name}": minor\n---\n\n${text}\n`
const RELEASED: Files = { ...SMALL, '.changeset/config.json': CONFIG, 'src/index.ts': 'export {}\n' }

/** Title, what lies in .changeset, whether this version was released, what changed since, and what has to be said. */
interface Silence {
  readonly title: string
  readonly entries: Files
  readonly released?: true
  readonly changed?: Files
  readonly fault: RegExp | null
}
const SILENCES: readonly Silence[] = [
  { title: 'never released, one entry', entries: { a: entry('tidemark', 'New.') }, fault: null },
  { title: 'never released, no entry', entries: {}, fault: /^What users get has changed .*CONTRIBUTING\.md/ },
  { title: 'released, nothing changed', entries: {}, released: true, fault: null },
  {
    title: 'released, a document changed',
    entries: {},
    released: true,
    changed: { 'README.md': '# New' },
    fault: null,
  },
  {
    title: 'released, the source changed',
    entries: {},
    released: true,
    changed: { 'src/index.ts': 'export const one = 1\n' },
    fault: /^What users get has changed/,
  },
  {
    title: 'an entry that says nothing',
    entries: { a: entry('tidemark', '') },
    fault: /^\.changeset\/a\.md says nothing\./,
  },
  {
    title: 'an entry of a stranger',
    entries: { a: entry('tidemarc', 'New.') },
    fault: /tidemarc which is not in the workspace/,
  },
  { title: 'an entry without a head', entries: { a: 'New.\n' }, fault: /^\.changeset cannot be read: / },
]
for (const { title, entries, released, changed, fault } of SILENCES) {
  test(`changesets: ${title}`, async (t) => {
    t.timeout(60_000)
    const files = Object.fromEntries(Object.entries(entries).map(([name, text]) => [`.changeset/${name}.md`, text]))
    const root = temporary(t, { ...RELEASED, ...files })
    if (released === true) await release(root)
    plant(root, changed ?? {})
    const faults = await changesetFaults(root)
    if (fault === null) t.deepEqual(faults, [])
    else t.regex(faults.join(), fault)
  })
}

async function release(root: string): Promise<void> {
  const git = (...args: string[]): Promise<unknown> =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], { cwd: root, timeLimitMs: 20_000 })
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'one')
  await git('tag', 'v1.0.0')
}

test('changesets: the next version is what the entries say', async (t) => {
  const root = temporary(t, { ...RELEASED, '.changeset/a.md': entry('tidemark', 'New.') })
  t.deepEqual(await releasePlan(root), { version: '1.1.0', entries: [{ id: 'a', summary: 'New.' }] })
})

test('changesets: a release takes the entries into CHANGELOG.md and the version, above what was there', async (t) => {
  t.timeout(60_000)
  const root = temporary(t, {
    ...RELEASED,
    '.changeset/a.md': entry('tidemark', 'New.\nAnd large.'),
    'CHANGELOG.md': '# Changes\n\n## 1.0.0\n\n- Old.\n',
  })
  const script = ['--import=tsx', join(repository, 'scripts/release-version.ts'), '--root', root]
  const { exitCode, stderr } = await run(process.execPath, script, { cwd: repository, timeLimitMs: 60_000 })
  t.is(exitCode, 0, stderr)
  t.is(read(root, 'CHANGELOG.md'), '# Changes\n\n## 1.1.0\n\n- New.\n  And large.\n\n## 1.0.0\n\n- Old.\n')
  t.is((JSON.parse(read(root, 'package.json')) as { version: string }).version, '1.1.0')
  t.false(existsSync(join(root, '.changeset/a.md')))
})

test('npm test: a fault of a check is told, and fails the run', async (t) => {
  t.timeout(60_000)
  const root = temporary(t, { ...RELEASED, 'test/floor.json': '{ "passed": 1 }' })
  const args = ['--import=tsx', join(repository, 'scripts/test.ts'), '--root', root, '--only', 'changesets']
  const { stdout, exitCode } = await run(process.execPath, args, { cwd: repository, timeLimitMs: 60_000 })
  t.is(exitCode, 1)
  t.true(stdout.includes('What users get has changed since the last release'), stdout)
  for (const name of ['dead code', 'publint', 'published types', 'size of the core', 'changesets']) {
    t.true(
      STEPS.some((step) => step.name === name),
      name,
    )
  }
})
