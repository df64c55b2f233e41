/** A copy of what the checks need, in a directory of its own, with one planted bug in it or none. Never the tree itself. */

import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { editsOf, misfit, type Patch } from './patch.js'

export const ROOT = resolve(import.meta.dirname, '..', '..')

const COPIED = ['src', 'adapters', 'test', 'scripts', 'docs', 'package.json', 'tsconfig.json', 'tsconfig.base.json']

/** `patch` null: as it stands. Fails when the patch does not apply. */
export function copyTree(patch: Patch | null): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-planted-'))
  const remove = (): void => rmSync(path, { recursive: true, force: true })
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(path, name), { recursive: true })
    linkPackages(path)
    if (patch !== null) apply(patch, path)
  } catch (error) {
    remove()
    throw error
  }
  return { path, remove }
}

/** One link for each package: what the test runner caches beside them stays with the copy. */
function linkPackages(path: string): void {
  const modules = join(path, 'node_modules')
  mkdirSync(modules)
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
  }
}

function apply(patch: Patch, root: string): void {
  for (const edit of editsOf(patch)) {
    const path = join(root, edit.file)
    const text = readFileSync(path, 'utf8')
    const fault = misfit(patch, edit, text)
    if (fault !== null) throw new Error(fault)
    writeFileSync(
      path,
      text.replace(edit.from, () => edit.to),
    )
  }
}
