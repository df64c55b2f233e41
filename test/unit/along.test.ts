/** Small new contents come with the page that tells of them, and what the request says is not told back (P9, P10). */

import test from 'ava'
import { decodeAnswer, encodeAnswer, type PullAnswer, type PullRequest } from '../../src/index.js'
import { LIMITS } from '../../src/protocol/limits.js'
import { EngineWorld, type TestDevice } from './engine-world.js'
import { code, type Content, content, directory, file, remove, World, X, Y } from './server-world.js'

const large = content('z'.repeat(LIMITS.alongBytes - 1))

function asked(world: World, rest: Partial<PullRequest> = { along: true }): PullRequest {
  const { cursor } = world
  return { type: 'pull', workspace: 'notes', cursor, witness: cursor, ...rest }
}

async function worldWith(contents: readonly Content[]): Promise<World> {
  const world = await new World().open()
  await world.put(...contents)
  await world.commit(contents.map((one, at) => [file(at + 1, `f${at}`, one)]))
  return world
}

const eight = Array.from({ length: 8 }, (_, at) => content(`text ${at}`))

for (const { title, contents, comes, rest } of [
  { title: 'one small file', contents: [X], comes: 1 },
  { title: 'two of one content', contents: [Y, Y], comes: 1 },
  { title: 'as many as may', contents: eight, comes: 8 },
  { title: 'one too many', contents: [...eight, X], comes: 0 },
  { title: 'just small enough together', contents: [large, X], comes: 2 },
  { title: 'too large together', contents: [large, Y], comes: 0 },
  { title: 'nobody asked for it', contents: [X], comes: 0, rest: {} },
] as readonly { title: string; contents: readonly Content[]; comes: number; rest?: Partial<PullRequest> }[]) {
  test(`contents that come along: ${title}`, async (t) => {
    const world = await worldWith(contents)
    const { manifests = [], chunks = [] } = await world.ask(asked(world, rest))
    t.is(manifests.length, comes)
    const named = new Set(manifests.flatMap((wire) => (wire.form === 'whole' ? wire.manifest.chunks : [])))
    t.deepEqual(chunks.map(({ digest }) => digest).sort(), [...named].map(({ digest }) => digest).sort())
  })
}

test('a directory and a delete bring nothing along', async (t) => {
  const world = await worldWith([X])
  await world.commit([[directory(7, 'box')], [remove(1, 1)]])
  const answer = await world.ask(asked(world))
  t.deepEqual([answer.manifests, answer.chunks], [undefined, undefined])
})

test('P9 a pull that finds nothing new is answered without what it says, and comes out as ever', async (t) => {
  const world = await worldWith([X])
  const { page } = (await world.pull(world.cursor)).state as { page: { cursor: World['cursor'] } }
  const request = asked(world, { cursor: page.cursor, witness: page.cursor, along: true })
  const answer = await world.ask(request)
  const frame = encodeAnswer(answer, request)
  t.true(frame.length <= 64, `${frame.length} bytes`)
  t.deepEqual(decodeAnswer(frame, request), answer)
  const { along: _, ...plain } = request
  t.true(encodeAnswer(answer, plain).length > 200, 'a device that did not ask so is told all of it')
  t.throws(() => decodeAnswer(frame, plain), code('invalid'))
  t.throws(() => decodeAnswer(frame), code('invalid'))
})

const chunkOf = ({ chunks: [chunk] }: Content): NonNullable<PullAnswer['chunks']>[number] => {
  if (chunk === undefined) throw new RangeError('a content without a chunk')
  return chunk
}

const LIES: readonly {
  readonly title: string
  readonly lie: (honest: PullAnswer) => Partial<PullAnswer>
  readonly rest?: Partial<PullRequest>
}[] = [
  { title: 'nobody asked for any', lie: () => ({}), rest: {} },
  { title: 'a manifest of no node of the page', lie: () => ({ manifests: [Y.manifest], chunks: [] }) },
  { title: 'a manifest twice', lie: () => ({ manifests: [X.manifest, X.manifest] }) },
  { title: 'a chunk of no manifest', lie: () => ({ chunks: [chunkOf(Y)] }) },
  { title: 'a chunk twice', lie: () => ({ chunks: [chunkOf(X), chunkOf(X)] }) },
  { title: 'chunks without a manifest', lie: () => ({ manifests: [] }) },
  {
    title: 'a patch',
    lie: () => ({
      manifests: [
        { form: 'patch', digest: X.given.content, base: Y.given.content, patch: new Uint8Array(1) },
      ] as PullAnswer['manifests'],
    }),
  },
]

for (const { title, lie, rest } of LIES) {
  test(`SEC-48 what comes along and may not is refused: ${title}`, async (t) => {
    const world = await worldWith([X])
    const honest = await world.ask(asked(world))
    t.notThrows(() => decodeAnswer(encodeAnswer(honest), asked(world)))
    t.throws(() => decodeAnswer(encodeAnswer({ ...honest, ...lie(honest) }), asked(world, rest)), code('invalid'))
  })
}

test('SEC-48 more bytes than may come along are refused', async (t) => {
  const world = await worldWith([large, Y])
  const { state } = await world.ask(asked(world))
  const lie: PullAnswer = { type: 'pull', state, manifests: [large.manifest, Y.manifest], chunks: [] }
  t.throws(() => decodeAnswer(encodeAnswer(lie), asked(world)), code('invalid'))
})

/** Both live and in sync, after which A edits its note and B hears of it. */
async function liveEdit(onAnswer: TestDevice['onAnswer'] = (answer) => answer): Promise<readonly TestDevice[]> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('note', 'before')
  for (const one of [a, b]) await one.start()
  await world.pass(20_000)
  for (const one of [a, b]) one.requests = []
  b.onAnswer = onAnswer
  a.write('note', 'after')
  a.watcher.raise(['note'])
  await world.pass(2_000)
  for (const one of [a, b]) await one.stop()
  return [a, b]
}

test('P10 a live edit of a small file is one request up and one down', async (t) => {
  const [a, b] = await liveEdit()
  t.deepEqual(a?.asked(), ['commit'])
  t.deepEqual(b?.asked(), ['pull'])
  t.is(Buffer.from(b?.bytes('note') ?? []).toString(), 'after')
})

test('INV-26 SEC-48 bytes that came along and are others are asked for again, and never shown', async (t) => {
  const [, b] = await liveEdit((answer) =>
    answer.type === 'pull' && answer.chunks !== undefined
      ? { ...answer, chunks: answer.chunks.map((chunk) => ({ ...chunk, bytes: Buffer.from('AFTER') })) }
      : answer,
  )
  t.deepEqual(b?.asked(), ['pull', 'get-chunks'])
  t.is(Buffer.from(b?.bytes('note') ?? []).toString(), 'after')
})
