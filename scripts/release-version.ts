/**
 * `npm run release:version`: takes the entries of .changeset into CHANGELOG.md and the version into package.json and the
 * lock. Commits, tags and publishes nothing: a person looks at it first.
 *   --root <directory>   of another package
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { releasePlan } from './package/release-plan.js'
import { run } from './testing/process.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: resolve(import.meta.dirname, '..') } } })
const { root } = values
const { version, entries } = await releasePlan(root)
if (entries.length === 0) throw new Error('.changeset has no entry: there is nothing to release')

const TITLE = '# Changes\n'
const file = join(root, 'CHANGELOG.md')
const before = existsSync(file) ? readFileSync(file, 'utf8').slice(TITLE.length) : ''
const told = entries.map(({ summary }) => `- ${summary.trim().replaceAll('\n', '\n  ')}`)
const args = ['version', version, '--no-git-tag-version', '--ignore-scripts', '--no-workspaces-update']
const { exitCode, stderr } = await run('npm', args, { cwd: root, timeLimitMs: 120_000 })
if (exitCode !== 0) throw new Error(`npm version: ${stderr}`)
writeFileSync(file, `${TITLE}\n## ${version}\n\n${told.join('\n')}\n${before}`)
for (const { id } of entries) rmSync(join(root, '.changeset', `${id}.md`))
console.log(`${version}: look at CHANGELOG.md, commit, and tag it v${version}`)
