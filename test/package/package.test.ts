/**
 * What is published: the files, the names, the types, and that every entry loads on every Node we promise,
 * by `import` and by `require`, without a word on stderr and without any optional package.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { findNode, missingNode } from '../../scripts/testing/nodes.js'
import { run } from '../../scripts/testing/process.js'
import { ENTRIES, installPacked, manifest, type Project, repository, runInside } from './packed.js'

let project: Project

test.before('pack and install', async (t) => {
  t.timeout(300_000)
  project = await installPacked()
})
test.after.always(() => project.close())

/** Source that prints the names of every entry; `get` is the expression that loads one. */
const probe = (get: string): string => `
const names = {}
const load = async () => {
  for (const entry of ${JSON.stringify(ENTRIES)}) names[entry] = Object.keys(${get}).sort()
  process.stdout.write(JSON.stringify(names))
}
load()`

const sameClasses = `
const load = async () => {
  for (const entry of ${JSON.stringify(ENTRIES)}) {
    const [required, imported] = [require(entry), await import(entry)]
    for (const name of Object.keys(imported)) if (required[name] !== imported[name]) console.error(entry, name)
  }
}
load()`

const snapshot = JSON.parse(readFileSync(join(import.meta.dirname, 'exports.json'), 'utf8')) as unknown

for (const major of [20, 22, 24, 26]) {
  const node = findNode(major)
  const on = node === null ? test.skip : test
  const suffix = node === null ? ` ${missingNode(major)}` : ''
  const nodePath = node ?? ''

  on(`Node ${major}: import of every entry gives the names of exports.json${suffix}`, async (t) => {
    const { stdout, stderr, exitCode } = await runInside(
      project,
      nodePath,
      `${major}.mjs`,
      probe('await import(entry)'),
    )
    t.is(stderr, '')
    t.is(exitCode, 0)
    t.deepEqual(JSON.parse(stdout), snapshot, 'npm run exports:update writes the names anew')
  })

  on(`Node ${major}: require of every entry gives the same${suffix}`, async (t) => {
    const { stdout, stderr, exitCode } = await runInside(project, nodePath, `${major}.cjs`, probe('require(entry)'))
    t.is(stderr, '')
    t.is(exitCode, 0)
    t.deepEqual(JSON.parse(stdout), snapshot)
  })

  on(`Node ${major}: require and import share their classes${suffix}`, async (t) => {
    const { stderr, exitCode } = await runInside(project, nodePath, `${major}-same.cjs`, sameClasses)
    t.is(stderr, '')
    t.is(exitCode, 0)
  })
}

test('every entry of package.json is a file of the package, flat in dist', (t) => {
  const targets = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [target] : [target.types, target.default],
  )
  for (const target of targets) {
    t.regex(target, /^\.\/(dist\/[a-z-]+\.(d\.ts|js)|package\.json)$/)
    t.true(project.files.includes(target.slice(2)), target)
  }
})

test('every public module that is built is an entry of package.json', (t) => {
  const typed = project.files.filter((file) => /^dist\/[a-z-]+\.d\.ts$/.test(file)).sort()
  const entries = Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.types.slice(2)],
  )
  t.deepEqual(typed, entries.sort())
})

test('nothing but the build, the licence, the README and the manifest is published', (t) => {
  const strangers = project.files.filter(
    (file) => !/^(dist\/[\w.-]+\.(js|d\.ts)|LICENSE|README\.md|package\.json)$/.test(file),
  )
  t.deepEqual(strangers, [])
  t.true(project.files.includes('LICENSE'))
  const types = project.files.filter((file) => file.endsWith('.d.ts'))
  for (const file of types) {
    const text = readFileSync(join(project.directory, 'node_modules/tidemark', file), 'utf8')
    t.false(/reference types=|declare const AbortSignal/.test(text), file)
  }
})

test('an install alone brings none of the optional packages, and runs no install script', (t) => {
  for (const name of Object.keys(manifest.peerDependencies)) {
    t.true(manifest.peerDependenciesMeta[name]?.optional, name)
    t.false(existsSync(join(project.directory, 'node_modules', name)), name)
  }
  const lock = JSON.parse(readFileSync(join(project.directory, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>
  }
  const scripted = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript === true)
  t.deepEqual(
    scripted.map(([path]) => path),
    [],
  )
})

/** Asked of the system, which knows what is mapped into the process, whoever loaded it; libsql shows that it tells. */
const nativeLibraries = `
import { createRequire } from 'node:module'
const natives = () => process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node'))
const loaded = {}
for (const entry of ${JSON.stringify(ENTRIES)}) {
  await import(entry)
  loaded[entry] = natives().length
}
createRequire(import.meta.url)('libsql')
process.stdout.write(JSON.stringify({ loaded, after: natives().length }))`

test('C5 no entry loads native code, where all of it is installed', async (t) => {
  const args = ['--input-type=module', '-e', nativeLibraries]
  const options = { cwd: repository, env: { NODE_OPTIONS: '' }, timeLimitMs: 60_000 }
  const { stdout, stderr } = await run(process.execPath, args, options)
  t.is(stderr, '')
  t.deepEqual(JSON.parse(stdout), { loaded: Object.fromEntries(ENTRIES.map((entry) => [entry, 0])), after: 1 })
})

/** What is needed by the first call only, and dear to load. */
const LAZY = ['hash-wasm', 'node-fetch']
const withoutLazy = `
let refused = 0
for (const name of ${JSON.stringify(LAZY)}) await import(name).catch(() => (refused += 1))
const names = await import('tidemark/node')
process.stdout.write(JSON.stringify({ refused, names: Object.keys(names).length > 0 }))`

test(`C5 importing tidemark/node loads neither ${LAZY.join(' nor ')}: it does without them`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-lazy-'))
  try {
    cpSync(join(project.directory, 'node_modules'), join(directory, 'node_modules'), { recursive: true })
    for (const name of LAZY) rmSync(join(directory, 'node_modules', name), { recursive: true })
    const { stdout, stderr } = await runInside({ ...project, directory }, process.execPath, 'lazy.mjs', withoutLazy)
    t.is(stderr, '')
    t.deepEqual(JSON.parse(stdout), { refused: LAZY.length, names: true })
  } finally {
    rmSync(directory, { recursive: true })
  }
})

interface Opening {
  readonly title: string
  /** An expression over `entry`, `path` and what it opens; it has to fail. */
  readonly entry: string
  readonly call: string
  /** The command that the error prints, and nothing else. */
  readonly command: string
}
const hasSqlite = process.versions.node.localeCompare('22.13', undefined, { numeric: true }) >= 0
const OPENINGS: readonly Opening[] = [
  {
    title: 'a folder in memory',
    entry: 'tidemark/memory',
    call: 'entry.memoryFolder()',
    command: 'npm install memfs',
  },
  {
    title: 'a router',
    entry: 'tidemark/express',
    call: 'entry.syncRouter({})',
    command: 'npm install express helmet express-rate-limit better-sse',
  },
  {
    title: 'a password hasher',
    entry: 'tidemark/node',
    call: "entry.argon2Passwords().hash('correct horse')",
    command: 'npm install @node-rs/argon2',
  },
  {
    title: 'a server database',
    entry: 'tidemark/sqlite',
    call: "entry.sqliteMetadataStore({ path: path + '/server.sqlite' }).open()",
    command: 'npm install kysely',
  },
  {
    title: 'a client database',
    entry: 'tidemark/node',
    call: "entry.sqliteStateStore({ path: path + '/state.sqlite' }).open()",
    command: 'npm install libsql',
  },
]
for (const [at, { title, entry, call, command }] of OPENINGS.entries()) {
  const needless = hasSqlite && command === 'npm install libsql'
  const on = needless ? test.skip : test
  on(
    `opening ${title} without its package says '${command}'${needless ? ' (capability: node:sqlite)' : ''}`,
    async (t) => {
      const source = `
      import { mkdtempSync } from 'node:fs'
      import * as entry from '${entry}'
      const path = mkdtempSync(import.meta.dirname + '/opening-')
      try {
        await ${call}
      } catch ({ code, message, next }) {
        process.stdout.write(JSON.stringify({ code, next, told: message.includes('\`${command}\`') }))
      }`
      const { stdout, stderr } = await runInside(project, process.execPath, `opening-${at}.mjs`, source)
      t.is(stderr, '')
      t.deepEqual(JSON.parse(stdout), { code: 'missing-package', next: command, told: true })
    },
  )
}

interface Consumer {
  readonly title: string
  readonly source: string
  readonly file: string
  readonly options: Readonly<Record<string, unknown>>
}
const PORTABLE = `
import { type Clock, TidemarkError } from 'tidemark'
import * as accounts from 'tidemark/accounts'
import * as conformance from 'tidemark/conformance'
import * as memory from 'tidemark/memory'
import * as server from 'tidemark/server'
export const error: Error = new TidemarkError('io', 'text')
export const now = (clock: Clock): number => clock.now()
export const names: readonly string[] = [accounts, conformance, memory, server].flatMap((entry) => Object.keys(entry))
const clock: Clock = { now: () => 0, monotonic: () => 0, sleep: async () => {} }
const standing: conformance.AdapterOf<'Clock'> = {
  name: 'standing',
  capabilities: ['pass'],
  make: async () => ({ clock, pass: () => {}, dispose: async () => {} }),
}
export const titles: readonly string[] = conformance.trials(conformance.suite('Clock'), standing).map(({ title }) => title)
// @ts-expect-error no such capability of this interface
conformance.trials(conformance.suite('Clock'), { ...standing, capabilities: ['symlink'] })
// @ts-expect-error no types of Node here
export type Bytes = Buffer
// @ts-expect-error the names are typed, not any
new TidemarkError('no such code', 'text')
`
const STRICT = { strict: true, noEmit: true, target: 'es2022', skipLibCheck: false }
const BROWSER = { ...STRICT, lib: ['es2022', 'dom', 'esnext.disposable'], types: [] }
const NODE = {
  ...STRICT,
  lib: ['es2022', 'esnext.disposable'],
  types: ['node'],
  module: 'nodenext',
  skipLibCheck: true,
}
const CONSUMERS: readonly Consumer[] = [
  {
    title: "without Node's types, Node resolution",
    file: 'a.mts',
    source: PORTABLE,
    options: { ...BROWSER, module: 'nodenext' },
  },
  {
    title: "without Node's types, bundler resolution",
    file: 'b.ts',
    source: PORTABLE,
    options: { ...BROWSER, module: 'esnext', moduleResolution: 'bundler' },
  },
  {
    title: 'from CommonJS',
    file: 'c.cts',
    source:
      "import tidemark = require('tidemark')\nexport const error: Error = new tidemark.TidemarkError('io', 'text')\n",
    options: { ...BROWSER, module: 'nodenext' },
  },
  {
    title: "every entry, with Node's types",
    file: 'd.mts',
    source: ENTRIES.map((entry, at) => `export * as entry${at} from '${entry}'\n`).join(''),
    options: NODE,
  },
]
for (const { title, file, source, options } of CONSUMERS) {
  test(`types: a consumer ${title}`, async (t) => {
    const directory = join(project.directory, file.replace('.', '-'))
    mkdirSync(directory)
    writeFileSync(join(directory, file), source)
    if (options['types'] instanceof Array && options['types'].length > 0) {
      for (const name of ['@types/node', 'undici-types']) {
        cpSync(join(repository, 'node_modules', name), join(directory, 'node_modules', name), { recursive: true })
      }
    }
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: [file] }))
    const compiler = join(repository, 'node_modules/typescript/bin/tsc')
    const { stdout, exitCode } = await run(process.execPath, [compiler], { cwd: directory, timeLimitMs: 120_000 })
    t.is(stdout, '')
    t.is(exitCode, 0)
  })
}
