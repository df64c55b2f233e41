/** Another revision of this repository, built in a directory of its own, with the packages that are installed here. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Mistaken } from './arguments.js'

export interface Checkout {
  readonly path: string
  remove(): void
}

/** @throws Mistaken where git knows no such commit */
export function checkRevision(root: string, revision: string): void {
  try {
    const of = `${revision}^{commit}`
    execFileSync('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', of], { cwd: root, stdio: 'pipe' })
  } catch (cause) {
    throw new Mistaken(`git knows no revision ${revision}`, { cause })
  }
}

/** What is run of a checkout is what was built of it. */
export function build(directory: string): void {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** `directory` is made; the revision is known. */
export function builtCheckout(root: string, revision: string, directory: string): Checkout {
  execFileSync('git', ['worktree', 'add', '--detach', '--quiet', directory, revision], { cwd: root, stdio: 'pipe' })
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true })
    execFileSync('git', ['worktree', 'prune'], { cwd: root })
  }
  try {
    linkPackages(root, directory)
    build(directory)
    return { path: directory, remove }
  } catch (error) {
    remove()
    throw error
  }
}

/** One by one: its own package is the checkout itself. */
function linkPackages(root: string, directory: string): void {
  const [from, to] = [join(root, 'node_modules'), join(directory, 'node_modules')]
  mkdirSync(to)
  for (const name of readdirSync(from)) if (name !== 'tidemark') symlinkSync(join(from, name), join(to, name))
  symlinkSync('..', join(to, 'tidemark'))
}
