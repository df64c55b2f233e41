/** A folder as it lies there: every entry of the user's with digest and executable bit, and what of ours lies where it must not. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf } from './ledger.js'
import { stateRows } from './state-rows.js'

const OWN = '.tidemark'
/** All that may lie in `.tidemark` of a folder that is watched. */
const OWN_ENTRIES =
  /^(root\.json|link\.json|watch\.json|state\.sqlite(-wal|-shm|-lock)?|lock|root-lock|staging|moving|trash)$/
/** What the users of this proof call their files; conflict copies of them may be there, too. */
const USERS_NAME = /^[fd]\d+( \(conflicted copy [^)]+\))*(\.\w+)?$/

export interface TreeLook {
  /** `d` for a directory; for a file its digest, with `*` when executable. By path below the root. */
  readonly entries: ReadonlyMap<string, string>
  /** Paths that no user made. */
  readonly stray: readonly string[]
}

export function lookAt(root: string): TreeLook {
  const entries = new Map<string, string>()
  const stray: string[] = []
  const walk = (below: string): void => {
    for (const name of readdirSync(join(root, below)).sort()) {
      if (below === '' && name === OWN) continue
      const path = below === '' ? name : `${below}/${name}`
      const stat = lstatSync(join(root, path))
      if (!USERS_NAME.test(name) || !(stat.isFile() || stat.isDirectory())) stray.push(path)
      if (stat.isDirectory()) {
        entries.set(path, 'd')
        walk(path)
      } else entries.set(path, digestOf(readFileSync(join(root, path))) + ((stat.mode & 0o100) === 0 ? '' : '*'))
    }
  }
  walk('')
  return { entries, stray: [...stray, ...strayOfOurs(root)] }
}

function strayOfOurs(root: string): readonly string[] {
  const own = join(root, OWN)
  const unknown = readdirSync(own).filter((name) => !OWN_ENTRIES.test(name))
  const left = ['staging', 'moving'].flatMap((room) => readdirSync(join(own, room)).map((name) => `${room}/${name}`))
  const known = left.length === 0 ? new Set() : aheadOf(root)
  return [...unknown, ...left.filter((path) => !known.has(path))].map((path) => `${OWN}/${path}`)
}

/** What was fetched of a content before its commit: noted there, and swept a minute after nobody uploads it any more. */
function aheadOf(root: string): ReadonlySet<unknown> {
  const names = (stateRows(root).get('m/ahead') ?? []) as readonly string[]
  return new Set(names.map((name) => `staging/${name}`))
}

/** One line for each path that is not the same in both. */
export function differences(left: TreeLook, right: TreeLook): readonly string[] {
  const paths = new Set([...left.entries.keys(), ...right.entries.keys()])
  return [...paths]
    .sort()
    .filter((path) => left.entries.get(path) !== right.entries.get(path))
    .map((path) => `${path}: ${left.entries.get(path) ?? 'absent'}, ${right.entries.get(path) ?? 'absent'}`)
}

export function digestsOf({ entries }: TreeLook): ReadonlySet<string> {
  return new Set([...entries.values()].filter((entry) => entry !== 'd').map((entry) => entry.replace('*', '')))
}
