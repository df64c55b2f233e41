/** The verdicts of `git check-ignore`, where git is installed: another implementation of the same rules. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Files } from './ignore-rules.table.js'

const QUIET = ['-c', 'core.excludesFile=', '-c', 'core.ignoreCase=false', '-c', 'core.precomposeUnicode=false']

export function hasGit(): boolean {
  try {
    execFileSync('git', ['--version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}

/** The ignored ones of the paths; `/` at the end of a path: a directory. All of them are made first. */
export function ignoredByGit(files: Files, paths: readonly string[]): Set<string> {
  const root = mkdtempSync(join(tmpdir(), 'tidemark-ignore-'))
  try {
    const env = { ...process.env, HOME: root, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' }
    execFileSync('git', ['init', '-q', '--template='], { cwd: root, env, stdio: 'pipe' })
    for (const path of paths) {
      if (path.endsWith('/')) mkdirSync(join(root, path), { recursive: true })
      else {
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), '')
      }
    }
    for (const [directory, text] of Object.entries(files)) {
      mkdirSync(join(root, directory), { recursive: true })
      writeFileSync(join(root, directory, '.gitignore'), text)
    }
    const plain = new Map(paths.map((path) => [path.replace(/\/$/, ''), path]))
    const asked = [...QUIET, 'check-ignore', '--no-index', '-z', '--stdin']
    const told = answer(asked, `${[...plain.keys()].join('\0')}\0`, { cwd: root, env })
    return new Set(told.map((path) => plain.get(path) ?? path))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Exit code 1 says that nothing is ignored. */
function answer(
  args: readonly string[],
  input: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): string[] {
  try {
    const told = execFileSync('git', args, { ...options, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
    return told.split('\0').filter((path) => path !== '')
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return []
    throw error
  }
}
