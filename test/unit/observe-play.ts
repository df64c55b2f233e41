/** Disks written as lines of text, observed one after the other, and what became of each node said in a line. It judges nothing. */

import type { DiskTraits } from '../../src/model/disk-traits.js'
import type { NodeId } from '../../src/model/ids.js'
import type { Presence } from '../../src/model/tree.js'
import { type Inode, Rows, run, type RunOptions, textOf, World } from './observe-world.js'

/**
 * A disk in a line: `a=1:text` is a file of inode 1 (`1'`: the inode used again), `a=1:text@5` changed at second 5, `+x` executable;
 * `d/=2` a directory; `s@` a symlink, `p!` a pipe, `u?` an entry without an answer, `m%=9` a mount, `n^=9` a nested root,
 * `i~` a name that is no text; `d/=2#` a directory that cannot be listed, `a=1:text#busy` a file that cannot be read.
 */
export function put(world: World, line: string): void {
  world.root.children.clear()
  const inodes = new Map<string, Inode>()
  for (const token of line.split(' ').filter((part) => part !== '')) {
    const parsed = /^(.+?)([/@!?%^~]?)(?:=(\d+)('?))?(?::([^@#+]*))?(?:@(-?\d+))?(\+x)?(?:#(\w*))?$/.exec(token)
    if (parsed === null) throw new Error(`not a token: ${token}`)
    const [, path = '', mark = '', number, again, content = '', second = '0', executable, answer] = parsed
    const kinds = {
      '/': 'directory',
      '@': 'symlink',
      '!': 'special',
      '?': 'unreadable',
      '%': 'directory',
      '^': 'directory',
    } as const
    const kind = mark === '' || mark === '~' ? 'file' : kinds[mark as keyof typeof kinds]
    const ino = number === undefined ? 900 + inodes.size : Number(number)
    const key = `${ino}${again}`
    const inode = inodes.get(key) ?? world.inode(kind, content, ino)
    inodes.set(key, inode)
    inode.born = again === "'" ? ino + 1000 : ino
    inode.mtime = inode.ctime = Number(second) * 1000
    inode.executable = executable !== undefined
    inode.boundary = mark === '%' ? 'mount' : mark === '^' ? 'nested-root' : null
    inode.validName = mark !== '~'
    inode.answer = answer === undefined ? null : answer === '' ? 'unknown' : (answer as 'busy' | 'absent')
    const at = path.lastIndexOf('/')
    const parent = world.find(at < 0 ? '' : path.slice(0, at))
    if (parent === undefined) throw new Error(`no directory for ${token}`)
    parent.children.set(path.slice(at + 1), inode)
  }
}

export interface Case extends RunOptions {
  readonly traits?: Partial<DiskTraits>
  /** Presence of synced rows, by path, before the last disk is seen. */
  readonly presence?: Readonly<Record<string, Presence>>
  /** How the disk spelled what the rows call otherwise: the names of synced rows, by the path of the first disk. */
  readonly named?: Readonly<Record<string, string>>
}

export interface Outcome {
  readonly said: string
  readonly rows: Rows
  readonly idAt: ReadonlyMap<string, NodeId>
  readonly result: ReturnType<typeof run>
}

/** The first disk is synced; the others are observed one after the other, the last with the options. */
export function play(disks: readonly string[], options: Case = {}): Outcome {
  const world = new World(options.traits)
  world.now = 100_000_000
  const rows = new Rows()
  put(world, disks[0] ?? '')
  rows.store(run(world, rows).observation)
  rows.accept()
  const idAt = rows.paths()
  const pathOf = new Map([...idAt].map(([path, id]) => [id, path]))
  for (const [path, presence] of Object.entries(options.presence ?? {}))
    change(rows, idAt, path, (row) => ({ ...row, presence }))
  for (const [path, name] of Object.entries(options.named ?? {})) {
    change(rows, idAt, path, (row) => ({ ...row, node: { ...row.node, name, key: name } }))
  }
  for (const disk of disks.slice(1, -1)) {
    put(world, disk)
    rows.store(run(world, rows).observation)
  }
  put(world, disks.at(-1) ?? '')
  const result = run(world, rows, options)
  rows.store(result.observation)
  const { observation } = result
  const now = new Map([...rows.paths()].map(([path, id]) => [id, path]))
  const said: string[] = []
  for (const [id, local] of rows.localRows) {
    const before = pathOf.get(id)
    const path = now.get(id)
    if (local === 'deleted') said.push(`-${before}`)
    else if (before === undefined)
      said.push(local.node.kind === 'directory' ? `+${path}/` : `+${path}=${textOf(local.node.content)}`)
    else {
      const synced = rows.synced(id)?.node
      const edited = synced?.content === local.node.content ? '' : `=${textOf(local.node.content)}`
      const mode = synced?.executable === local.node.executable ? '' : local.node.executable ? '+x' : '-x'
      said.push(`${before}${before === path ? '' : `>${path}`}${edited}${mode}`)
    }
  }
  for (const [id, presence] of observation.presence) said.push(`${pathOf.get(id)}:${presence}`)
  for (const id of observation.forget) said.push(`${pathOf.get(id)}:forgotten`)
  for (const id of observation.frozen) said.push(`${pathOf.get(id) ?? now.get(id)}:frozen`)
  for (const problem of observation.problems) said.push(`${problem.path}!${problem.code}`)
  return { said: said.sort().join(' '), rows, idAt, result }
}

function change(
  rows: Rows,
  idAt: ReadonlyMap<string, NodeId>,
  path: string,
  how: (row: NonNullable<ReturnType<Rows['synced']>>) => typeof row,
): void {
  const id = idAt.get(path)
  const row = id === undefined ? null : rows.synced(id)
  if (row === null) throw new Error(`nothing synced at ${path}`)
  rows.put(how(row))
}
