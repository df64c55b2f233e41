/**
 * The steps of `npm test`, each a name and a run that ends in an outcome.
 * The build comes first: examples and package tests use what is built, as users do.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { growth } from './floor.js'
import { findNode, missingNode } from './nodes.js'
import { check, type Outcome } from './outcome.js'
import { run } from './process.js'
import { BROKEN_OFF, readTap } from './tap.js'
import { translated, translatedName } from './translated.js'

export interface Step {
  readonly name: string
  run(root: string): Promise<Outcome>
}

const MINUTE = 60_000
const library = join(import.meta.dirname, '..', '..')

function tool(name: string, bin: string, ...args: string[]): Step {
  return {
    name,
    async run(root) {
      const command = [join(library, 'node_modules', bin), ...args]
      const { stdout, stderr, exitCode } = await run(process.execPath, command, { cwd: root, timeLimitMs: 5 * MINUTE })
      return check(exitCode === 0, `${stdout}${stderr}`.trim() || `ended with ${exitCode ?? 'a signal'}`)
    },
  }
}

/** A check of the repository that gives one sentence for each fault. Its libraries are loaded when it runs. */
function faults(name: string, find: (root: string) => Promise<readonly string[]>): Step {
  return {
    name,
    async run(root) {
      const found = await find(root).catch((error: unknown) => [`${name} broke off: ${String(error)}`])
      return check(found.length === 0, found.join('\n'))
    },
  }
}

function testFiles(root: string): readonly string[] {
  const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.test.ts')).map((file) => join('test', file))
}

/** The copy that all test steps of this run share. */
let copy: Promise<string> | null = null

async function runAva(node: string, root: string, files: readonly string[]): Promise<Outcome> {
  if (files.length === 0) return check(false, 'no test file')
  const cwd = await (copy ??= translated(root))
  const command = [join(library, 'node_modules/ava/entrypoints/cli.mjs'), '--tap', ...files.map(translatedName)]
  const env = { FORCE_COLOR: '0' }
  const ended = await run(node, command, { cwd, env, timeLimitMs: 30 * MINUTE })
  const outcome = readTap({ tap: ended.stdout, stderr: ended.stderr, exitCode: ended.exitCode })
  if (!outcome.details.includes(BROKEN_OFF)) return outcome
  // ava's TAP reporter dies of a test that never ends, without naming it: its own reporter does.
  const again = command.filter((part) => part !== '--tap')
  const { stdout } = await run(node, again, { cwd, env, timeLimitMs: 5 * MINUTE })
  return { ...outcome, details: `${outcome.details}\nonce more, to see where:\n${stdout.slice(-10_000)}` }
}

function ava(name: string, wanted: (file: string) => boolean): Step {
  return { name, run: (root) => runAva(process.execPath, root, testFiles(root).filter(wanted).sort()) }
}

/** What the running Node may lack, above all node:sqlite, is there in this one. */
function conformanceOn(major: number): Step {
  const name = `conformance on Node ${major}`
  return {
    name,
    async run(root) {
      const node = findNode(major)
      if (node === null) return { passed: 0, failed: 0, skipped: [`${name} ${missingNode(major)}`], details: '' }
      const files = testFiles(root).filter((file) => file.startsWith(join('test', 'conformance')))
      return runAva(node, root, files.sort())
    },
  }
}

const isPackageTest = (file: string): boolean => file.startsWith(join('test', 'package'))

/** The package and the examples, which stand on it. */
const build: Step = {
  name: 'build',
  async run(root) {
    const { stdout, stderr, exitCode } = await run('npm', ['run', '--silent', 'build'], {
      cwd: root,
      timeLimitMs: 5 * MINUTE,
    })
    return check(exitCode === 0, `${stdout}${stderr}`.trim() || `ended with ${exitCode ?? 'a signal'}`)
  },
}

export const STEPS: readonly Step[] = [
  build,
  tool('floors', 'tsx/dist/cli.mjs', 'scripts/check-floors.ts'),
  tool('format', '@biomejs/biome/bin/biome', 'format', '--reporter=summary', '.'),
  tool('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', '.'),
  tool('types of the core', 'typescript/bin/tsc', '-p', 'src'),
  tool('types of the browser', 'typescript/bin/tsc', '-p', 'adapters/browser'),
  tool('types of the page under test', 'typescript/bin/tsc', '-p', 'test/browser/page'),
  tool('types of the web example', 'typescript/bin/tsc', '-p', 'examples/web'),
  tool('types of the rest', 'typescript/bin/tsc', '-p', '.'),
  tool('dead code', 'knip/bin/knip.js', '--no-progress'),
  faults('publint', async (root) => (await import('../package/publint.js')).publintFaults(root)),
  faults('published types', async (root) => (await import('../package/published-types.js')).publishedTypesFaults(root)),
  faults('size of the core', async (root) => (await import('../package/size.js')).sizeFaults(root)),
  faults('changesets', async (root) => (await import('../package/changesets.js')).changesetFaults(root)),
  { name: 'floor only grows', run: growth },
  ava('tests', (file) => !isPackageTest(file)),
  conformanceOn(24),
  ava('package', isPackageTest),
]
