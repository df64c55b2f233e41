/** A22: every snippet of the documents is type-checked as a consumer's code, and run where it can be. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'
import { chainsOf } from '../../scripts/snippets/chains.js'
import { fencesOf } from '../../scripts/snippets/fences.js'
import { runSnippet } from '../../scripts/snippets/run-snippet.js'
import { type Known, shellFaults } from '../../scripts/snippets/shell-words.js'
import { classify } from '../../scripts/snippets/snippet.js'
import { preludeNames, Workshop } from '../../scripts/snippets/workshop.js'
import { run } from '../../scripts/testing/process.js'

const ROOT = resolve(import.meta.dirname, '../..')
const PRELUDES = join(ROOT, 'test/snippets')
const documents = [
  ...['README.md', 'CONTRIBUTING.md'].filter((path) => existsSync(join(ROOT, path))),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((path) => join('docs', path)),
].filter((path) => path.endsWith('.md'))
const fences = documents.sort().flatMap((file) => fencesOf(file, readFileSync(join(ROOT, file), 'utf8')))
const { snippets, faults } = classify(fences, preludeNames(PRELUDES))
const chains = chainsOf(snippets)
const workshop = new Workshop(ROOT, PRELUDES)
const files = new Map(chains.filter(({ language }) => language !== 'sh').map((chain) => [chain, workshop.add(chain)]))

test.after.always(() => workshop.close())

test('A22 every block of the documents is in a category', (t) => {
  t.deepEqual(faults, [])
  t.true(chains.some(({ language, onlyChecked }) => language === 'ts' && onlyChecked === null))
})

test('A22 every ts and js snippet is type-checked against the package as it is built', (t) => {
  t.deepEqual(workshop.check(), [])
})

test('A22 every sh snippet parses, and names commands, options, scripts and packages that there are', async (t) => {
  t.timeout(60_000)
  const known = await whatThereIs()
  for (const { file, line, language, text } of snippets) {
    if (language !== 'sh') continue
    const where = `${file}:${line}`
    const { stderr } = await run('sh', ['-n', '-c', text], { cwd: workshop.directory, timeLimitMs: 10_000 })
    t.is(stderr, '', where)
    t.deepEqual(shellFaults(text, known), [], where)
  }
})

for (const chain of chains.filter(({ onlyChecked }) => onlyChecked === null)) {
  test.serial(`A22 ${chain.title} runs to its end`, async (t) => {
    t.timeout(120_000)
    const { exitCode, stdout, stderr } = await runSnippet(chain, workshop.directory, files.get(chain) ?? null)
    t.is(exitCode, 0, `${chain.title}: ${stderr}${stdout}`)
  })
}

test.serial('A22 the prelude of the command line: a server, a login, a folder in step', async (t) => {
  t.timeout(120_000)
  const markdown =
    '<!-- snippet: with command-line -->\n```sh\nnpx tidemark status Notes | grep "in step"\ntest -f Notes/list.txt\n```\n'
  const [chain] = chainsOf(classify(fencesOf('none.md', markdown), preludeNames(PRELUDES)).snippets)
  const { exitCode, stdout, stderr } = await runSnippet(chain!, workshop.directory, null)
  t.is(exitCode, 0, stderr + stdout)
})

async function whatThereIs(): Promise<Known> {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly scripts: Readonly<Record<string, string>>
    readonly dependencies: Readonly<Record<string, string>>
    readonly peerDependencies: Readonly<Record<string, string>>
  }
  const help = async (...args: readonly string[]): Promise<string> => {
    const command = [join(ROOT, 'examples/cli/bin/tidemark.js'), ...args, '--help']
    return (await run(process.execPath, command, { cwd: workshop.directory, timeLimitMs: 20_000 })).stdout
  }
  const names = [...(await help()).matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name)
  const commands = new Map<string, string>()
  for (const name of names.filter((one) => one !== 'help')) commands.set(name, await help(name))
  return {
    scripts: Object.keys(manifest.scripts),
    commands,
    packages: [
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.peerDependencies),
      ...['tidemark', `./tidemark-${manifest.version}.tgz`],
    ],
  }
}
