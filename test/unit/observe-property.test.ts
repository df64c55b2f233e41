/** SPEC 3 on random disks: what is observed bit by bit is what the disk shows. */

import test from 'ava'
import { Rows, run, World, type Inode } from './observe-world.js'

/** Mulberry32: a small generator of known quality is enough to vary a test. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Pick = (below: number) => number

const NAMES = ['a', 'b', 'c', 'd', 'e']

interface Place {
  readonly path: string
  readonly parent: Inode
  readonly name: string
  readonly inode: Inode
}

function places(world: World): Place[] {
  return world.directories().flatMap((path) => {
    const parent = world.find(path)
    return [...(parent?.children ?? [])].map(([name, inode]) => ({
      path: path === '' ? name : `${path}/${name}`,
      parent: parent as Inode,
      name,
      inode,
    }))
  })
}

function contains(inode: Inode, other: Inode): boolean {
  return inode === other || [...inode.children.values()].some((child) => contains(child, other))
}

/** What a step of a user has at hand. */
interface Hand {
  readonly world: World
  readonly pick: Pick
  readonly free: number[]
  readonly target: Inode
  readonly name: string
  readonly there: readonly Place[]
  readonly files: readonly Place[]
}

function any<Value>(pick: Pick, values: readonly Value[]): Value | undefined {
  return values[pick(values.length || 1)]
}

function fresh({ world, pick, free }: Hand, kind: 'file' | 'directory', content: string): Inode {
  return world.inode(kind, content, world.traits.fileIds === 'weak' && pick(2) === 0 ? free.pop() : undefined)
}

/** An inode is free when its last link is gone. */
function drop(hand: Hand, inode: Inode): void {
  const { world, free } = hand
  if (!free.includes(inode.ino) && !places(world).some((other) => other.inode === inode)) free.push(inode.ino)
  for (const child of inode.children.values()) drop(hand, child)
}

/** Each returns the directories a good watcher would name, by their inodes. */
type Step = (hand: Hand) => Inode[]

const write: Step = (hand) => {
  const { world, target, name, pick } = hand
  if (target.children.get(name)?.kind === 'directory') return []
  target.children.set(name, fresh(hand, 'file', `${pick(4) === 0 ? 'same' : world.now}`))
  return [target]
}

const makeDirectory: Step = (hand) => {
  const { target, name } = hand
  if (target.children.has(name)) return []
  const made = fresh(hand, 'directory', '')
  target.children.set(name, made)
  // Named too: with a re-used inode nothing else tells it from the one before.
  return [target, made]
}

const edit: Step = ({ world, pick, files, there }) => {
  const file = any(pick, files)
  if (file === undefined) return []
  file.inode.content = `${world.now}`
  file.inode.mtime = file.inode.ctime = world.now
  // Through every link: no watcher tells of the others, and a partial scan cannot know.
  return there.filter(({ inode }) => inode === file.inode).map(({ parent }) => parent)
}

const move: Step = ({ world, pick, there, target, name }) => {
  const from = any(pick, there)
  const over = target.children.get(name)
  if (from === undefined || contains(from.inode, target)) return []
  if (over !== undefined && (over.kind === 'directory' || from.inode.kind === 'directory')) return []
  from.parent.children.delete(from.name)
  target.children.set(name, from.inode)
  from.inode.ctime = world.now
  return [from.parent, target]
}

const remove: Step = (hand) => {
  const { pick, there } = hand
  const gone = any(pick, there)
  if (gone === undefined || (gone.inode.kind === 'directory' && pick(3) > 0)) return []
  gone.parent.children.delete(gone.name)
  drop(hand, gone.inode)
  return [gone.parent]
}

const swap: Step = ({ world, pick, there }) => {
  const [one, two] = [any(pick, there), any(pick, there)]
  if (one === undefined || two === undefined) return []
  if (contains(one.inode, two.inode) || contains(two.inode, one.inode)) return []
  one.parent.children.set(one.name, two.inode)
  two.parent.children.set(two.name, one.inode)
  one.inode.ctime = two.inode.ctime = world.now
  return [one.parent, two.parent]
}

const link: Step = ({ world, pick, files, target, name }) => {
  const file = any(pick, files)
  if (file === undefined || target.children.has(name)) return []
  target.children.set(name, file.inode)
  file.inode.ctime = world.now
  return [file.parent, target]
}

const STEPS: readonly Step[] = [write, write, makeDirectory, edit, move, move, remove, swap, link]

/** One step of a user; returns what a good watcher would name. */
function mutate(world: World, pick: Pick, free: number[]): Inode[] {
  world.now += 1 + pick(3000)
  const there = places(world)
  const target = any(
    pick,
    world.directories().map((path) => world.find(path) as Inode),
  ) as Inode
  const name = any(pick, NAMES) as string
  const files = there.filter(({ inode }) => inode.kind === 'file')
  return (any(pick, STEPS) as Step)({ world, pick, free, target, name, there, files })
}

function pathOf(world: World, inode: Inode): string | undefined {
  return world.directories().find((path) => world.find(path) === inode)
}

/** Directory inodes with their ids: they must not change while the directory lives. */
function directoryIds(world: World, rows: Rows): Map<Inode, string> {
  const ids = new Map<Inode, string>()
  const known = rows.paths()
  for (const path of world.directories()) {
    const id = known.get(path)
    if (id !== undefined) ids.set(world.find(path) as Inode, id)
  }
  return ids
}

function walk(seed: number, fileIds: 'strong' | 'weak' | 'none'): string | null {
  const pick = chance(seed)
  const world = new World({ fileIds })
  const rows = new Rows()
  const free: number[] = []
  for (let step = 0; step < 8; step++) mutate(world, pick, free)
  for (let round = 0; round < 6; round++) {
    const before = directoryIds(world, rows)
    const touched = new Set<Inode>()
    for (let steps = pick(6); steps >= 0; steps--) for (const inode of mutate(world, pick, free)) touched.add(inode)
    const dirty = [...touched].map((inode) => pathOf(world, inode)).filter((path) => path !== undefined)
    const full = round === 0 || pick(5) === 0
    const { observation } = run(world, rows, full ? {} : { dirty })
    rows.store(observation)
    const differs = difference(world.tree(), rows.tree())
    if (differs !== null) return `round ${round} ${full ? 'full' : dirty.join()}: ${differs}`
    const again = run(world, rows)
    if (fileIds !== 'none' && again.observation.local.size > 0 && !onlyStamps(rows, again.observation.local)) {
      return `round ${round}: a full scan sees more: ${JSON.stringify([...again.observation.local])}`
    }
    rows.store(again.observation)
    if (difference(world.tree(), rows.tree()) !== null) return `round ${round}: the full scan is wrong`
    if (fileIds === 'strong') {
      const after = directoryIds(world, rows)
      for (const [inode, id] of before)
        if (after.has(inode) && after.get(inode) !== id) return `round ${round}: another id`
    }
    if (pick(3) === 0) rows.accept()
  }
  return null
}

/** Rows that were read again because they were racy: same node, better stamp. */
function onlyStamps(rows: Rows, local: ReadonlyMap<string, unknown>): boolean {
  for (const [id, row] of local as Map<never, { node?: unknown } | string>) {
    const known = rows.local(id)
    if (typeof row === 'string' || known === undefined || known === 'deleted') return false
    if (JSON.stringify(row.node) !== JSON.stringify(known.node)) return false
  }
  return true
}

function difference(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string | null {
  for (const [path, content] of a) if (b.get(path) !== content) return `${path}: disk ${content}, rows ${b.get(path)}`
  for (const path of b.keys()) if (!a.has(path)) return `${path}: only in the rows`
  return null
}

for (const [fileIds, seeds] of [
  ['strong', 1500],
  ['weak', 1500],
  ['none', 600],
] as const) {
  test(`file ids ${fileIds}: observed in parts or whole, the rows equal the disk (${seeds} seeds)`, (t) => {
    for (let seed = 0; seed < seeds; seed++) {
      let failure: string | null
      try {
        failure = walk(seed, fileIds)
      } catch (error) {
        failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
      }
      if (failure !== null) t.fail(`seed ${seed}: ${failure}`)
      if (failure !== null) return
    }
    t.pass()
  })
}
