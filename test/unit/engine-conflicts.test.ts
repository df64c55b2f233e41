/** Conflicts as data: listed, read and resolved by ordinary commits, alike on every device, and never over a side that moved on. */

import test from 'ava'
import { type ConflictChoice, type ConflictEntry, type SyncEngine, isTidemarkError } from '../../src/index.js'
import { conflicted, type ConflictScene } from './conflict-world.js'
import { EngineWorld, offline, type TestDevice } from './engine-world.js'

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : new TextDecoder().decode(bytes))

const list = ({ world, engine }: TestDevice): Promise<readonly ConflictEntry[]> => world.run(engine.conflicts.list())

function resolve(device: TestDevice, copy: string | ConflictEntry, choice: ConflictChoice) {
  return device.world.run(device.engine.conflicts.resolve(copy, choice))
}

const headOf = (device: TestDevice): number => device.engine.status.known?.sequence ?? 0

test('a conflict copy is listed alike on every device, with both sides', async (t) => {
  const { world, a, b, copy } = await conflicted('f.txt')
  t.regex(copy, /^f \(conflicted copy B [0-9a-f]{6}\)\.txt$/)
  const [entry] = await list(b)
  t.like(entry, { copy, path: 'f.txt', kind: 'file', mine: { size: 12 }, theirs: { size: 4 } })
  t.deepEqual(await list(a), await list(b))
  t.deepEqual(await world.run(a.engine.conflicts.list({ folder: 'elsewhere' })), [])
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  t.is((await list(a)).length, 1, 'also offline')
})

test('contents: mine, theirs and the true common base, on every device', async (t) => {
  const { world, a, b, copy } = await conflicted('f.txt')
  const third = world.device('C')
  await third.sync()
  for (const device of [a, b, third]) {
    const { mine, theirs, base } = await world.run(device.engine.conflicts.contents(copy))
    t.deepEqual([text(mine), text(theirs), text(base)], ['of B, longer', 'of A', 'base'], device.name)
  }
  a.write('f.txt', 'not synced yet')
  const { theirs } = await world.run(a.engine.conflicts.contents(copy))
  t.is(text(theirs), 'of A', 'as the server has it')
})

test('contents: without a common base it is null, never a guess; so it is where the server forgot it', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('f', 'made by A')
  b.write('f', 'made by B as well')
  await world.converge(a, b, a)
  const [entry] = await list(a)
  t.is((await world.run(a.engine.conflicts.contents(entry!))).base, null)
  const { a: other, world: second, copy } = await conflicted('f.txt')
  other.onAnswer = (answer) =>
    answer.type === 'get-manifests'
      ? { ...answer, manifests: [], absent: [...answer.absent, ...answer.manifests.map(({ digest }) => digest)] }
      : answer
  other.restart()
  other.onAnswer = (answer, request) =>
    answer.type === 'get-manifests' && request.type === 'get-manifests'
      ? { ...answer, manifests: [], absent: request.wanted.map(({ digest }) => digest) }
      : answer
  const { mine, base } = await second.run(other.engine.conflicts.contents(copy))
  t.deepEqual([text(mine), base], ['of B, longer', null])
})

// ---- the answers

const COPY = 'f (conflicted copy B #).txt'
const AFTER: Readonly<Record<ConflictChoice, Readonly<Record<string, string>>>> = {
  mine: { 'f.txt': 'of B, longer' },
  theirs: { 'f.txt': 'of A' },
  both: { 'f.txt': 'of A', [COPY]: 'of B, longer' },
}
const REVISIONS: Readonly<Record<ConflictChoice, number>> = { mine: 2, theirs: 1, both: 1 }

/** The tree, with the hex of the copy's name left out. */
function shown(device: TestDevice): Record<string, string> {
  const files = Object.entries(device.tree()).filter(([path]) => path !== 'kept')
  return Object.fromEntries(files.map(([path, content]) => [path.replace(/ [0-9a-f]{6}\)/, ' #)'), content]))
}

for (const choice of ['mine', 'theirs', 'both'] as const) {
  for (const where of ['a', 'b'] as const) {
    test(`resolve '${choice}' on ${where.toUpperCase()}: reaches the other device, the file keeps its id, twice is once`, async (t) => {
      const scene = await conflicted('f.txt')
      const { world, a, b, copy } = scene
      const device = scene[where]
      const [entry] = await list(device)
      const before = headOf(device)
      t.deepEqual(await resolve(device, copy, choice), { copy, path: 'f.txt', outcome: 'resolved' })
      t.like(await resolve(device, copy, choice), { outcome: 'unchanged' })
      t.like(await resolve(device, entry!, choice), { outcome: 'unchanged' })
      await world.converge(device, a, b, device)
      for (const each of [a, b]) {
        t.deepEqual(shown(each), AFTER[choice])
        t.deepEqual(await list(each), [])
        t.is(each.engine.status.problems.length + each.engine.status.guards.length, 0)
      }
      t.is(headOf(device) - before, REVISIONS[choice])
      const [current] = await world.run(device.engine.history('f.txt'))
      t.is(current?.id, entry?.original)
    })
  }

  test(`INV-10 resolve '${choice}', the answer of its commit lost: one outcome`, async (t) => {
    const { world, a, b, copy } = await conflicted('f.txt')
    const before = headOf(b)
    const cut = new AbortController()
    b.onAnswered = (request) => {
      if (request.type !== 'commit') return
      cut.abort()
      throw offline()
    }
    await t.throwsAsync(world.run(b.engine.conflicts.resolve(copy, choice, { signal: cut.signal })), {
      code: 'aborted',
    } as never)
    b.onAnswered = () => undefined
    t.like(await resolve(b, copy, choice), { outcome: 'unchanged' })
    await world.converge(b, a)
    t.deepEqual(shown(b), AFTER[choice])
    t.deepEqual(shown(a), AFTER[choice])
    t.is(headOf(a) - before, REVISIONS[choice])
  })
}

// ---- what is refused

type Move = (scene: ConflictScene) => Promise<void> | void
const MOVED: readonly (readonly [string, ConflictChoice, Move])[] = [
  ['the copy was edited here', 'theirs', ({ b, copy }) => b.write(copy, 'better')],
  ['the copy was edited here', 'mine', ({ b, copy }) => b.write(copy, 'better')],
  ['the file was edited here', 'mine', ({ b }) => b.write('f.txt', 'better')],
  ['the copy was deleted here', 'theirs', ({ b, copy }) => b.remove(copy)],
]

for (const [title, choice, move] of MOVED) {
  test(`refused as stale, nothing lost: ${title}, '${choice}'`, async (t) => {
    const scene = await conflicted('f.txt')
    const { world, a, b, copy } = scene
    await move(scene)
    const mine = b.tree()
    const before = headOf(b)
    await t.throwsAsync(resolve(b, copy, choice), { code: 'stale' } as never)
    t.deepEqual(b.tree(), mine)
    t.is(headOf(b), before)
    await world.converge(b, a)
    t.deepEqual(a.tree(), mine)
  })
}

test('refused as stale: either side moved on since it was listed', async (t) => {
  for (const side of ['file', 'copy'] as const) {
    const { a, b, copy } = await conflicted('f.txt')
    const [entry] = await list(b)
    a.write(side === 'file' ? 'f.txt' : copy, 'moved on')
    await a.sync()
    for (const choice of ['mine', 'theirs', 'both'] as const)
      await t.throwsAsync(resolve(b, entry!, choice), { code: 'stale' } as never, `${side} ${choice}`)
  }
})

const REFUSED: readonly (readonly [string, string, (engine: SyncEngine, copy: string) => Promise<unknown>])[] = [
  ['a file that is no copy', 'not-found', (engine) => engine.conflicts.resolve('f.txt', 'both')],
  ['nothing', 'not-found', (engine) => engine.conflicts.resolve('nothing', 'mine')],
  ['contents of no copy', 'not-found', (engine) => engine.conflicts.contents('f.txt')],
  ['a choice that is none', 'invalid-option', (engine, copy) => engine.conflicts.resolve(copy, 'ours' as never)],
  ['a path out of the root', 'invalid', (engine) => engine.conflicts.resolve('../x', 'mine')],
  ['a folder out of the root', 'invalid', (engine) => engine.conflicts.list({ folder: '../x' })],
]

for (const [title, code, call] of REFUSED) {
  test(`SEC-39 refused: ${title}`, async (t) => {
    const { world, b, copy } = await conflicted('f.txt')
    const before = headOf(b)
    await t.throwsAsync(world.run(call(b.engine, copy)), { code } as never)
    t.is(headOf(b), before)
  })
}

test('without a server it is refused as offline', async (t) => {
  const { b, copy } = await conflicted('f.txt')
  b.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  await t.throwsAsync(resolve(b, copy, 'mine'), { code: 'offline' } as never)
  b.onStep = () => undefined
  t.is((await list(b)).length, 1)
})

test('the file is deleted: only both is an answer, and loses nothing', async (t) => {
  const { world, a, b, copy } = await conflicted('f.txt')
  a.remove('f.txt')
  await world.converge(a, b)
  t.like((await list(b))[0], { path: null, theirs: null })
  for (const choice of ['mine', 'theirs'] as const)
    await t.throwsAsync(resolve(b, copy, choice), { code: 'invalid' } as never)
  await resolve(b, copy, 'both')
  await world.converge(b, a)
  t.deepEqual(shown(a), { [COPY]: 'of B, longer' })
  t.deepEqual(await list(a), [])
})

// ---- several

test('a conflict on a conflict copy: each is resolved by itself, and none is forgotten', async (t) => {
  const { world, a, b, copy } = await conflicted('f.txt')
  a.write(copy, 'A on the copy')
  b.write(copy, 'B on the copy, too')
  await world.converge(a, b, a)
  const both = await list(b)
  t.is(both.length, 2)
  const second = both.find((entry) => entry.path === copy)
  t.like(second, { path: copy, mine: { size: 18 }, theirs: { size: 13 } })
  const { mine, theirs, base } = await world.run(b.engine.conflicts.contents(second!))
  t.deepEqual([text(mine), text(theirs), text(base)], ['B on the copy, too', 'A on the copy', 'of B, longer'])
  await resolve(b, copy, 'theirs')
  await world.converge(b, a)
  const [rest] = await list(a)
  t.like(rest, { copy: second?.copy, path: 'f.txt' }, 'a copy of the copy is a copy of the file by now')
  await resolve(a, rest!, 'mine')
  await world.converge(a, b)
  t.deepEqual(shown(b), { 'f.txt': 'B on the copy, too' })
  t.deepEqual(shown(a), shown(b))
})

for (const choice of ['mine', 'theirs', 'both'] as const) {
  test(`resolveAll '${choice}': every conflict, below a folder only when one is named; what is ambiguous is left`, async (t) => {
    const world = await EngineWorld.open()
    const [a, b, c] = [world.device('A'), world.device('B'), world.device('C')]
    const paths = ['x/one', 'x/two', 'y/three', 'y/many']
    for (const path of paths) a.write(path, 'base')
    for (let at = 0; at < 20; at++) a.write(`kept/${at}`, 'k')
    await world.converge(a, b, c)
    for (const path of paths) {
      a.write(path, 'of A')
      b.write(path, 'of B, longer')
    }
    c.write('y/many', 'of C, longest of all')
    await world.converge(a, b, c, a, b)
    t.is((await list(a)).length, 5)
    const first = await world.run(a.engine.conflicts.resolveAll(choice, { folder: 'x' }))
    t.deepEqual([first.resolved.length, first.left.length], [2, 0])
    const second = await world.run(a.engine.conflicts.resolveAll(choice))
    const ambiguous = choice === 'mine' ? 2 : 0
    t.deepEqual([second.resolved.length, second.left.length], [3 - ambiguous, ambiguous])
    t.true(second.left.every(({ error }) => isTidemarkError(error) && error.code === 'invalid'))
    await world.converge(a, b, c, a)
    for (const device of [b, c]) t.deepEqual(device.tree(), a.tree())
    t.is((await list(c)).length, ambiguous)
    t.is(new TextDecoder().decode(c.bytes('x/one')), choice === 'mine' ? 'of B, longer' : 'of A')
  })
}
