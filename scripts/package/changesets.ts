/**
 * Whether what is not released yet is told to users: every entry of .changeset can be read, and since the last release there
 * is one as soon as the package changed. Asks git, and no registry.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../testing/process.js'
import { releasePlan } from './release-plan.js'

const ADVICE = 'Write .changeset/<some-name>.md as CONTRIBUTING.md shows it.'
/** What is published is made of these. */
const PUBLISHED = ['src', 'adapters', 'package.json', 'tsup.config.ts']

export async function changesetFaults(root: string): Promise<readonly string[]> {
  if (!existsSync(join(root, '.changeset/config.json'))) return ['.changeset/config.json is missing.']
  try {
    const { entries } = await releasePlan(root)
    const silent = entries.filter(({ summary }) => summary.trim() === '')
    if (silent.length > 0) return silent.map(({ id }) => `.changeset/${id}.md says nothing. ${ADVICE}`)
    if (entries.length > 0 || !(await changedSinceRelease(root))) return []
    return [`What users get has changed since the last release, and no entry of .changeset tells it. ${ADVICE}`]
  } catch (error) {
    return [`.changeset cannot be read: ${error instanceof Error ? error.message : String(error)} ${ADVICE}`]
  }
}

/** The release of a version is the tag `v<version>`; without it nothing was released yet. */
async function changedSinceRelease(root: string): Promise<boolean> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  const args = ['diff', '--quiet', `v${version}`, '--', ...PUBLISHED]
  return (await run('git', args, { cwd: root, timeLimitMs: 60_000 })).exitCode !== 0
}
