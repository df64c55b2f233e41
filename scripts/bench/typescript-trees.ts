/** W5: a package as it was published, and the next version of it. Fetched once, kept beside the other caches of the project. */

import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Place, Workload } from './workloads.js'

const CACHE = resolve(import.meta.dirname, '../../node_modules/.cache/tidemark-bench')
const [OLD, NEW] = ['5.4.5', '5.5.4'] as const

export const TYPESCRIPT: Workload = {
  id: 'W5',
  title: `the tree of typescript ${OLD} replaced by that of ${NEW}`,
  isFresh: true,
  first: (place) => placing(place, OLD),
  change: (place) => placing(place, NEW),
}

/** A whole tree takes the place of another, as an installer does it: the old one goes out, the new one comes in. */
function placing({ from, beside }: Place, version: string): () => void {
  const [next, old, there] = [join(beside, version), join(beside, 'old'), join(from, 'typescript')]
  rmSync(next, { recursive: true, force: true })
  cpSync(published(version), next, { recursive: true, preserveTimestamps: true })
  return () => {
    if (existsSync(there)) renameSync(there, old)
    renameSync(next, there)
  }
}

function published(version: string): string {
  const directory = join(CACHE, `typescript-${version}`)
  if (existsSync(directory)) return directory
  const fetching = `${directory}.part`
  rmSync(fetching, { recursive: true, force: true })
  mkdirSync(fetching, { recursive: true })
  execFileSync('npm', ['pack', '--silent', `typescript@${version}`], {
    cwd: fetching,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  execFileSync('tar', ['xzf', `typescript-${version}.tgz`], { cwd: fetching })
  renameSync(join(fetching, 'package'), directory)
  rmSync(fetching, { recursive: true, force: true })
  return directory
}
