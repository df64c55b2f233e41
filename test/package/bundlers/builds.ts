/** The app of this folder beside the installed package, built by the commands of docs/embedding-browser.md and no others. */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../../../scripts/testing/process.js'
import { type Project, repository } from '../packed.js'

/** The command line of a bundler, and where its output is. */
interface Build {
  readonly program: 'vite' | 'esbuild'
  readonly args: readonly string[]
  /** Below the project. */
  readonly output: string
  /** Where the built script of the page is; null: the bundler writes the page too. */
  readonly script: string | null
}

const ESBUILD = ['--bundle', '--splitting', '--format=esm'] as const

export const BUILDS = {
  vite: { program: 'vite', args: ['build'], output: 'dist', script: null },
  beside: {
    program: 'esbuild',
    args: ['src/main.js', 'browser-worker=tidemark/browser/worker', ...ESBUILD, '--outdir=public'],
    output: 'public',
    script: '/main.js',
  },
  elsewhere: {
    program: 'esbuild',
    args: ['src/main.js', 'workers/folder=tidemark/browser/worker', ...ESBUILD, '--outdir=elsewhere'],
    output: 'elsewhere',
    script: '/main.js',
  },
  own: {
    program: 'esbuild',
    args: ['src/main.js', 'workers/own=src/own-worker.js', ...ESBUILD, '--outdir=own'],
    output: 'own',
    script: '/main.js',
  },
} as const satisfies Readonly<Record<string, Build>>
export type BuildName = keyof typeof BUILDS

const APP = join(import.meta.dirname, 'app')
const QUIET = { vite: ['--logLevel', 'warn'], esbuild: ['--log-level=warning'] } as const

export const programOf = (name: Build['program']): string => join(repository, 'node_modules/.bin', name)

/** What a user has: a page, and a script that imports the package. No configuration. */
export function writeApp({ directory }: Project): void {
  mkdirSync(join(directory, 'src'))
  copyFileSync(join(APP, 'index.html'), join(directory, 'index.html'))
  for (const name of ['main.js', 'own-worker.js']) copyFileSync(join(APP, name), join(directory, 'src', name))
}

/** Gives the directory of the built app. @throws when the bundler fails, or has a warning */
export async function built({ directory }: Project, name: BuildName): Promise<string> {
  const { program, args, output, script }: Build = BUILDS[name]
  const options = { cwd: directory, env: { NODE_OPTIONS: '' }, timeLimitMs: 60_000 }
  const { stdout, stderr, exitCode } = await run(programOf(program), [...args, ...QUIET[program]], options)
  if (exitCode !== 0 || stdout + stderr !== '') throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`)
  const page = readFileSync(join(APP, 'index.html'), 'utf8')
  if (script !== null) writeFileSync(join(directory, output, 'index.html'), page.replace('/src/main.js', script))
  return join(directory, output)
}
