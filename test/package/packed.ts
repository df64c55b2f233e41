/**
 * The package as a stranger gets it: packed from what is built, installed into an empty project of its own.
 * Nothing here reads the sources.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Ended, run } from '../../scripts/testing/process.js'

export const repository = resolve(import.meta.dirname, '../..')

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

export const manifest = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as Manifest

/** Names as users import them: `tidemark`, `tidemark/node`, … without the package.json. */
export const ENTRIES: readonly string[] = Object.entries(manifest.exports)
  .filter(([, target]) => typeof target !== 'string')
  .map(([subpath]) => `tidemark${subpath.slice(1)}`)

export interface Project {
  readonly directory: string
  /** Paths inside the tarball. */
  readonly files: readonly string[]
  readonly close: () => void
}

async function npm(cwd: string, ...args: string[]): Promise<string> {
  const ended = await run('npm', [...args, '--silent'], { cwd, timeLimitMs: 240_000 })
  if (ended.exitCode !== 0) throw new Error(`npm ${args.join(' ')}: ${ended.stdout}${ended.stderr}`)
  return ended.stdout
}

/** `npm pack`, then `npm install <tarball>` in an empty project: what README says, and no more. */
export async function installPacked(): Promise<Project> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-package-'))
  const close = (): void => rmSync(directory, { recursive: true })
  try {
    const told = await npm(repository, 'pack', '--ignore-scripts', '--json', '--pack-destination', directory)
    const [packed] = JSON.parse(told) as { filename: string; files: { path: string }[] }[]
    writeFileSync(join(directory, 'package.json'), '{ "private": true }')
    await npm(directory, 'install', '--prefer-offline', '--no-audit', '--no-fund', join(directory, packed!.filename))
    return { directory, files: packed!.files.map(({ path }) => path), close }
  } catch (error) {
    close()
    throw error
  }
}

/** Runs a script in a directory of its own inside the project, so that several can be written at once. */
export async function runInside(project: Project, node: string, file: string, source: string): Promise<Ended> {
  mkdirSync(join(project.directory, 'probes'), { recursive: true })
  const path = join(project.directory, 'probes', file)
  writeFileSync(path, source)
  return run(node, [path], { cwd: project.directory, env: { NODE_OPTIONS: '' }, timeLimitMs: 60_000 })
}
