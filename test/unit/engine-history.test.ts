/** `history` and `readFile`: what stood at a path, whoever that was and wherever it is now, and its bytes. */

import test from 'ava'
import { fromHex, type HistoryEntry, type SyncEngine, TidemarkError } from '../../src/index.js'
import { EngineWorld, noise, offline, ROOT, type TestDevice, twoDevices } from './engine-world.js'

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** '3 superseded a.txt' for each entry. */
function told(entries: readonly HistoryEntry[]): readonly string[] {
  return entries.map(({ sequence, state, path }) => `${sequence} ${state} ${path}`)
}

async function historyOf({ world, engine }: TestDevice, path: string, limit?: number): Promise<readonly string[]> {
  return told(await world.run(engine.history(path, limit === undefined ? {} : { limit })))
}

/** 1 docs, 2 docs/a; 3 edited, 4 renamed to docs/b, 5 another docs/a, 6 it goes. */
async function storied(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const { world, a, b } = await twoDevices()
  const steps: readonly (() => void)[] = [
    () => a.write('docs/a', 'one'),
    () => a.write('docs/a', 'two, longer'),
    () => a.rename('docs/a', 'docs/b'),
    () => a.write('docs/a', 'another'),
    () => a.remove('docs/a'),
  ]
  for (const step of steps) {
    step()
    await a.sync()
  }
  await b.sync()
  return { world, a, b }
}

test('INV-02 DESIGN 4.12: every node that stood at the path, newest first, with what it is now', async (t) => {
  const { a, b } = await storied()
  for (const device of [a, b]) {
    t.deepEqual(await historyOf(device, 'docs/a'), [
      '6 deleted docs/a',
      '5 superseded docs/a',
      '4 current docs/b',
      '3 superseded docs/a',
      '2 superseded docs/a',
    ])
    t.deepEqual(await historyOf(device, 'docs/b'), ['4 current docs/b', '3 superseded docs/a', '2 superseded docs/a'])
    t.deepEqual(await historyOf(device, 'docs'), ['1 current docs'])
    t.deepEqual(await historyOf(device, 'docs/a', 2), ['6 deleted docs/a', '5 superseded docs/a'])
    t.deepEqual(await historyOf(device, 'docs/c'), [])
    t.deepEqual(await historyOf(device, 'never/was/c'), [])
  }
  const [entry] = await a.world.run(a.engine.history('docs/b'))
  t.like(entry, { kind: 'file', size: 11, executable: false, state: 'current', sequence: 4 })
  t.is(entry?.modifiedAt, await a.modified('docs/b'))
  t.is(fromHex(entry?.content ?? '').length, 32)
})

test('a path is found under its parent, deleted, renamed, or made anew under the same name', async (t) => {
  const { a } = await storied()
  a.rename('docs', 'papers')
  await a.sync()
  const before = ['4 current papers/b', '3 superseded papers/a', '2 superseded papers/a']
  t.deepEqual(await historyOf(a, 'docs/b'), before, 'renamed since')
  t.deepEqual(await historyOf(a, 'papers/b'), before)
  a.write('docs/b', 'in the new docs')
  await a.sync()
  t.deepEqual((await historyOf(a, 'docs/b')).slice(0, 2), ['9 current docs/b', '4 current papers/b'], 'made anew')
  a.remove('papers')
  await a.sync()
  t.deepEqual((await historyOf(a, 'papers/b')).slice(0, 2), ['10 deleted papers/b', '4 superseded papers/b'], 'deleted')
})

test('below the horizon nothing is told of but what lives', async (t) => {
  const { world, a } = await storied()
  await world.pass(100_000)
  a.write('later', 'x')
  await a.sync()
  await world.server.remote.expire({ user: 'ann', device: null }, 'notes', world.clock.now() - 50_000)
  t.deepEqual(await historyOf(a, 'docs/b'), ['4 current docs/b'])
  t.deepEqual(await historyOf(a, 'docs/a'), [])
})

// ---- bytes

test('readFile: as it is here, unsynced edits too; as the server has it; as a kept revision says', async (t) => {
  const { world, a, b } = await storied()
  const read = async ({ engine }: TestDevice, path: string, sequence?: number): Promise<string> =>
    text(await world.run(engine.readFile(path, sequence === undefined ? {} : { sequence })))
  b.write('docs/b', 'not synced')
  t.is(await read(b, 'docs/b'), 'not synced')
  t.is(await read(a, 'docs/b'), 'two, longer')
  t.is(await read(a, 'docs/a', 2), 'one')
  t.is(await read(a, 'docs/b', 2), 'one', 'it stood elsewhere then')
  t.is(await read(a, 'docs/a', 5), 'another')
  t.is(await read(a, 'docs/a', 6), 'another', 'what was deleted')
  t.deepEqual(b.tree(), { 'docs/': '', 'docs/b': 'not synced' }, 'nothing was written')
  b.remove('docs/b')
  await t.throwsAsync(read(b, 'docs/b'), { code: 'not-found' } as never, 'deleted here, and not synced yet')
})

test('readFile: a file that this disk holds back is read from the server', async (t) => {
  const { world, a } = await twoDevices()
  const small = world.device('small')
  a.write('a', 'x')
  await world.converge(a, small)
  small.onStep = ({ seam, call, path }) => {
    if (seam === 'disk' && call === 'link' && path === `${ROOT}/b`) throw new TidemarkError('no-space', 'full')
  }
  a.write('b', 'there')
  await a.sync()
  await small.sync().catch(() => undefined)
  t.false('b' in small.tree())
  t.is(text(await world.run(small.engine.readFile('b'))), 'there')
})

test('INV-26 readFile: large contents with repeated chunks come whole, from here and from there; each byte is verified', async (t) => {
  const world = await EngineWorld.open({ averageChunk: 2_048 })
  const [a, b] = [world.device('A'), world.device('B')]
  const half = noise(40_000, 5)
  const whole = new Uint8Array([...half, ...half, 7])
  a.write('big', whole)
  a.write('empty', '')
  await a.sync()
  a.write('big', 'small')
  await a.sync()
  await b.sync()
  t.deepEqual(await world.run(b.engine.readFile('big', { sequence: 2 })), Uint8Array.from(whole))
  t.is((await world.run(b.engine.readFile('empty'))).length, 0)
  a.write('big', whole)
  t.deepEqual(await world.run(a.engine.readFile('big')), Uint8Array.from(whole))
  b.onAnswer = (answer) =>
    answer.type === 'get-chunks'
      ? { ...answer, chunks: answer.chunks.map((chunk) => ({ ...chunk, bytes: chunk.bytes.map((byte) => byte ^ 1) })) }
      : answer
  await t.throwsAsync(world.run(b.engine.readFile('big', { sequence: 2 })), { code: 'corrupt' } as never)
})

// ---- refusals

type Call = (engine: SyncEngine) => Promise<unknown>
const REFUSED: readonly (readonly [string, string, Call])[] = [
  ['a path out of the root', 'invalid', (engine) => engine.history('../x')],
  ['an absolute path', 'invalid', (engine) => engine.readFile('/docs/b')],
  ['the root', 'invalid', (engine) => engine.restore('')],
  ['our own directory', 'invalid', (engine) => engine.readFile('.tidemark/root.json')],
  ['a limit of nothing', 'invalid-option', (engine) => engine.history('docs/b', { limit: 0 })],
  ['a limit beyond all', 'invalid-option', (engine) => engine.history('docs/b', { limit: 10_001 })],
  ['half a sequence', 'invalid-option', (engine) => engine.readFile('docs/b', { sequence: 1.5 })],
  ['a sequence that is none', 'invalid-option', (engine) => engine.restore('docs/b', { sequence: 0 })],
  ['a sequence of another path', 'not-found', (engine) => engine.readFile('docs/b', { sequence: 5 })],
  ['a sequence to come', 'not-found', (engine) => engine.readFile('docs/b', { sequence: 77 })],
  ['a directory', 'invalid', (engine) => engine.readFile('docs')],
  ['a directory of then', 'invalid', (engine) => engine.readFile('docs', { sequence: 1 })],
  ['nothing', 'not-found', (engine) => engine.readFile('docs/nothing')],
  ['a call that is cancelled', 'aborted', (engine) => engine.history('docs/b', { signal: AbortSignal.abort() })],
]

for (const [title, code, call] of REFUSED) {
  test(`SEC-10, SEC-39 refused: ${title}`, async (t) => {
    const { world, a } = await storied()
    await t.throwsAsync(world.run(call(a.engine)), { code } as never)
  })
}

test('SEC-39 refused: a file above the limit of whole files, before its first byte is asked for', async (t) => {
  const world = await EngineWorld.open()
  const a = world.device('A', { readLimitBytes: 10 })
  a.write('f', 'ten bytes!')
  await a.sync()
  a.write('g', 'eleven byte')
  await a.sync()
  t.is((await world.run(a.engine.readFile('f'))).length, 10)
  await t.throwsAsync(world.run(a.engine.readFile('g')), { code: 'too-large' } as never)
  a.requests = []
  await t.throwsAsync(world.run(a.engine.readFile('g', { sequence: 2 })), { code: 'too-large' } as never)
  t.false(a.asked().includes('get-chunks'))
})

test('without a server: history and kept revisions say so, the file here is read all the same', async (t) => {
  const { world, a } = await storied()
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  await t.throwsAsync(world.run(a.engine.history('docs/b')), { code: 'offline' } as never)
  await t.throwsAsync(world.run(a.engine.readFile('docs/b', { sequence: 2 })), { code: 'offline' } as never)
  t.is(text(await world.run(a.engine.readFile('docs/b'))), 'two, longer')
})

test('SEC-48: history from a hostile server is refused, and changes nothing', async (t) => {
  const { world, a } = await storied()
  for (const twist of ['stranger', 'repeat'] as const) {
    a.onAnswer = (answer) => {
      const [row] = answer.type === 'history' ? answer.rows : []
      if (answer.type !== 'history' || row === undefined) return answer
      const { node } = row
      return {
        ...answer,
        rows:
          twist === 'repeat' ? [row, row] : [{ ...row, node: { ...node, id: 'f'.repeat(32), name: 'z', key: 'z' } }],
      } as never
    }
    await t.throwsAsync(world.run(a.engine.history('docs/b')), { code: 'invalid' } as never, twist)
  }
  a.onAnswer = (answer) => answer
  t.deepEqual(a.tree(), { 'docs/': '', 'docs/b': 'two, longer' })
})
