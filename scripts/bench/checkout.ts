/** Another revision of this repository, built in a directory of its own, with the packages that are installed here. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

export interface Checkout {
  readonly path: string
  remove(): void
}

/** `directory` is made. Throws with what git says of a revision that it does not know. */
export function builtCheckout(root: string, revision: string, directory: string): Checkout {
  execFileSync('git', ['worktree', 'add', '--detach', '--quiet', directory, revision], { cwd: root, stdio: 'pipe' })
  const remove = (): void => {
    rmSync(directory, { recursive: true, force: true })
    execFileSync('git', ['worktree', 'prune'], { cwd: root })
  }
  try {
    linkPackages(root, directory)
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
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
