/** Bundles modules for a page, in memory, and tells what went into them. */

import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

export interface PageBundle {
  /** A module script for each module, in order, with all it needs. */
  readonly scripts: readonly string[]
  /** Every file that is in one of them, relative to the repository, in order. */
  readonly files: readonly string[]
  /** Who asks for a module of Node: 'src/x.ts → node:fs'. A page has none. */
  readonly ofNode: readonly string[]
}

const ROOT = join(import.meta.dirname, '..', '..')

/** The modules are given relative to the root of the repository. */
export async function bundleForPage(...modules: readonly string[]): Promise<PageBundle> {
  const { outputFiles, metafile } = await build({
    entryPoints: modules.map((path, at) => ({ in: path, out: String(at).padStart(3, '0') })),
    absWorkingDir: ROOT,
    outdir: 'never-written',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    // Left as they are, so that it can be told who asks for them.
    external: ['node:*', ...builtinModules],
    logLevel: 'silent',
  })
  const inputs = Object.entries(metafile.inputs)
  const ofNode = inputs.flatMap(([file, { imports }]) =>
    imports.filter(({ external }) => external === true).map(({ path }) => `${file} → ${path}`),
  )
  return {
    scripts: [...outputFiles].sort((a, b) => (a.path < b.path ? -1 : 1)).map(({ text }) => text),
    files: inputs.map(([file]) => file).sort(),
    ofNode,
  }
}
