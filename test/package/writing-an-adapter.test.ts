/**
 * docs/writing-an-adapter.md, followed word for word in a project of its own: the packed library is installed, the files are
 * those of the page, and the commands are run. Then each planted bug has to be found.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { run } from '../../scripts/testing/process.js'
import { INTERFACES, suite } from '../conformance/suites.js'
import { type Project, installPacked, repository } from './packed.js'
import { PLANTED_BUGS } from './planted-bugs.table.js'

const PAGE = readFileSync(join(repository, 'docs/writing-an-adapter.md'), 'utf8')
const FILES = new Map(
  [...PAGE.matchAll(/<!-- file: (\S+) -->\n```js\n([\s\S]*?)```/g)].map(([, name, text]) => [name!, text!]),
)

let project: Project

test.before('pack and install', async (t) => {
  t.timeout(300_000)
  project = await installPacked()
  writeFileSync(join(project.directory, 'package.json'), '{ "private": true, "type": "module" }')
  for (const [name, text] of FILES) writeFileSync(join(project.directory, name), text)
})
test.after.always(() => project.close())

const node = (...args: string[]): ReturnType<typeof run> =>
  run(process.execPath, args, { cwd: project.directory, env: { NODE_OPTIONS: '' }, timeLimitMs: 110_000 })

const number = (output: string, name: string): number => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1])

test('A21 the page has three files, and shows how they are run', (t) => {
  t.deepEqual([...FILES.keys()], ['tree.js', 'map-store.js', 'map-store.test.js'])
  for (const line of ['npm install tidemark', 'npm pkg set type=module', 'node --test', 'node map-store.test.js']) {
    t.true(PAGE.includes(`${line}\n`), line)
  }
})

/** What the store of the page can do or show. */
const DECLARED: readonly string[] = ['file-ids', 'times']

test('A21 the store of the page passes under node:test, and the matrix is printed', async (t) => {
  const { stdout, exitCode } = await node('map-store.test.js')
  t.is(exitCode, 0, stdout)
  const { cases } = suite('LocalStore')
  const able = cases.filter(({ needs = [] }) => needs.every((need) => DECLARED.includes(need))).length
  t.deepEqual(
    [number(stdout, 'pass'), number(stdout, 'fail'), number(stdout, 'skipped')],
    [able, 0, cases.length - able],
  )
  t.true(stdout.includes('LocalStore, rule × adapter: [1] MapStore\n'))
  t.regex(stdout, /^LOCAL-1 +3 of 6: symlink, modes, mode-bits$/m)
  t.regex(stdout, /^LOCAL-18 +3$/m)
})

test('A21 node --test finds and passes it too', async (t) => {
  const { stdout, exitCode } = await node('--test')
  t.is(exitCode, 0, stdout)
})

test('A21 an engine syncs two stores of the page', async (t) => {
  writeFileSync(join(project.directory, 'engines.js'), ENGINES)
  const { stdout, stderr, exitCode } = await node('engines.js')
  t.is(stderr, '')
  t.is(exitCode, 0)
  t.is(stdout, 'hello from the first\n0 problems, 0 problems\n')
})

const ENGINES = `
import { portableHasher, SyncEngine } from 'tidemark'
import { loopbackTransport, memoryServer, memoryStateStore } from 'tidemark/memory'
import { systemClock, systemRandom } from 'tidemark/node'
import { MapStore } from './map-store.js'
import { Tree } from './tree.js'

const [clock, random, hasher] = [systemClock(), systemRandom(), portableHasher()]
const { server } = memoryServer({ clock, random })
await server.open()
const device = (tree) => new SyncEngine({
  local: new MapStore(tree),
  state: memoryStateStore(),
  transport: loopbackTransport(server, { workspace: 'notes', user: 'ann' }),
  clock, random, hasher,
})
const trees = [new Tree(), new Tree()]
const note = trees[0].file()
trees[0].edit(note, new TextEncoder().encode('hello from the first\\n'))
trees[0].root.children.set('note.txt', note)
const engines = trees.map(device)
const reports = []
for (const engine of engines) reports.push(await engine.sync())
process.stdout.write(new TextDecoder().decode(trees[1].at('note.txt').bytes))
process.stdout.write(reports.map(({ problems }) => problems.length + ' problems').join(', ') + '\\n')
for (const engine of engines) await engine.stop()
await server.close()
`

/** Tries each variant in turn; prints the rules of its failed cases. */
const HUNT = `
import { suite, trials } from 'tidemark/conformance'
const failed = {}
for (const variant of process.argv.slice(2)) {
  const { adapter } = await import('./' + variant + '/adapter.js')
  failed[variant] = []
  for (const { lacks, rules, run } of trials(suite('LocalStore'), adapter)) {
    if (lacks.length === 0) await run().catch(() => failed[variant].push(...rules))
  }
}
process.stdout.write(JSON.stringify(failed))
`

test('A21 every bug planted into it is found, under the rule that it breaks', async (t) => {
  writeFileSync(join(project.directory, 'hunt.js'), HUNT)
  const adapter = FILES.get('map-store.test.js')!
    .replace("import test, { after } from 'node:test'\n", '')
    .replace(/const tried = [\s\S]*$/, 'export { adapter }\n')
  const variants = [{ what: 'nothing planted', file: 'tree.js', from: '', to: '', rule: null }, ...PLANTED_BUGS]
  for (const [at, { what, file, from, to }] of variants.entries()) {
    const directory = join(project.directory, `variant-${at}`)
    mkdirSync(directory)
    for (const name of ['tree.js', 'map-store.js']) {
      const text = FILES.get(name)!
      if (name === file) t.true(text.includes(from), `${what}: ${from}`)
      writeFileSync(join(directory, name), name === file ? text.replace(from, () => to) : text)
    }
    writeFileSync(join(directory, 'adapter.js'), adapter)
  }
  const { stdout, stderr } = await node('hunt.js', ...variants.map((_, at) => `variant-${at}`))
  t.is(stderr, '')
  const failed = JSON.parse(stdout) as Readonly<Record<string, readonly string[]>>
  t.deepEqual(failed['variant-0'], [])
  for (const [at, { what, rule }] of variants.entries()) {
    if (rule !== null) t.true(failed[`variant-${at}`]?.includes(rule), `${what}: ${String(failed[`variant-${at}`])}`)
  }
})

/** Text of the section of one interface. */
function section(name: string): string {
  return PAGE.split(/^### /m).find((text) => text.startsWith(`${name}\n`)) ?? ''
}

for (const name of INTERFACES) {
  test(`${name}: A21 the page has its section, its suite, and every capability that a case needs, and no other`, (t) => {
    t.true(section(name).includes(`suite('${name}')`))
    const needs = suite(name).cases.flatMap((one) => one.needs ?? [])
    const told = [...section(name).matchAll(/^\| `([\w-]+)` \|/gm)].map(([, capability]) => capability)
    t.deepEqual(told.sort(), [...new Set<string>(needs)].sort())
  })
}
