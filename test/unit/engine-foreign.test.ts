/**
 * Answers of a server that lies or fails, and changes of others that meet one's own: nothing outside the root, nothing lost,
 * and one bad answer holds up nothing but its own file.
 */

import test from 'ava'
import { type Answer, isTidemarkError, type Node } from '../../src/index.js'
import { EngineWorld, ROOT, type TestDevice, twoDevices } from './engine-world.js'

async function pair(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('dir/file', 'content')
  await world.converge(a, b)
  a.write('dir/new', 'new content')
  await a.sync()
  return { world, a, b }
}

/** The device is told of pages with other nodes than the server sent. */
function told(device: TestDevice, change: (node: Node) => Node): void {
  device.onAnswer = (answer) => {
    if ((answer.type !== 'hello' && answer.type !== 'pull') || answer.state.standing !== 'current') return answer
    const { page } = answer.state
    const revisions = page.revisions.map((revision) =>
      revision.node === null ? revision : { ...revision, node: change(revision.node) },
    )
    return { ...answer, state: { ...answer.state, page: { ...page, revisions } } }
  }
}

const names = ['..', '.', 'a/b', '../../outside', '', 'nul\0byte', '.tidemark']
for (const name of names) {
  test(`a server that names a node ${JSON.stringify(name)}: refused by the one who reads it, nothing is written`, async (t) => {
    const { b } = await pair()
    const before = b.tree()
    told(b, (node) => ({ ...node, name, key: name }))
    const outcome = await b.sync().then(
      (report) => report.problems.length,
      (error: unknown) => (isTidemarkError(error) ? error.code : 'no code'),
    )
    t.not(outcome, 'no code')
    t.not(outcome, 'internal')
    t.not(outcome, 0)
    t.deepEqual(b.tree(), before)
    t.deepEqual((b.volume.readdirSync('/') as string[]).sort(), [ROOT.slice(1)])
  })
}

const pages: readonly [string, (answer: Extract<Answer, { type: 'hello' }>) => Answer, string][] = [
  ['starts elsewhere', (answer) => withPage(answer, (page) => ({ ...page, from: page.from + 1 })), 'invalid'],
  [
    'ends below its own revisions',
    (answer) => withPage(answer, (page) => ({ ...page, cursor: { ...page.cursor, sequence: page.from } })),
    'invalid',
  ],
]

/** Would be asked for again without an end. */
const STUCK: (typeof pages)[number] = [
  'leads nowhere',
  (answer) =>
    withPage(answer, (page) => ({
      ...page,
      revisions: [],
      head: false,
      cursor: { ...page.cursor, sequence: page.from },
    })),
  'invalid',
]

type Page = Extract<Extract<Answer, { type: 'hello' }>['state'], { standing: 'current' }>['page']

function withPage(answer: Extract<Answer, { type: 'hello' }>, change: (page: Page) => Page): Answer {
  if (answer.state.standing !== 'current') return answer
  return { ...answer, state: { ...answer.state, page: change(answer.state.page) } }
}

for (const [title, change, code] of [...pages, STUCK]) {
  test(`a page that ${title} is refused, and the honest one after it is taken`, async (t) => {
    const { a, b } = await pair()
    b.onAnswer = (answer) => (answer.type === 'hello' ? change(answer) : answer)
    const error = await t.throwsAsync(b.sync())
    t.true([code, 'malformed-frame', 'offline'].includes((error as { code?: string }).code ?? ''), String(error))
    b.onAnswer = (answer) => answer
    await b.sync()
    t.deepEqual(b.tree(), a.tree())
  })
}

test('a node below itself, told by the server: nothing is done, no loop, and the honest answer heals it', async (t) => {
  const { a, b } = await pair()
  const before = b.tree()
  told(b, (node) => ({ ...node, parentId: node.id }))
  await b.sync().catch(() => undefined)
  t.deepEqual(b.tree(), before)
  b.onAnswer = (answer) => answer
  a.write('dir/new', 'changed once more')
  await a.sync()
  await b.sync()
  t.deepEqual(b.tree(), a.tree())
})

test('INV-02 three devices edit one file: the first keeps it, two conflict copies, the same names everywhere', async (t) => {
  const world = await EngineWorld.open()
  const devices = ['A', 'B', 'C'].map((name) => world.device(name))
  const [a] = devices as [TestDevice, TestDevice, TestDevice]
  a.write('note.txt', 'base')
  await world.converge(...devices)
  for (const device of devices) device.write('note.txt', `by ${device.name}`)
  await world.converge(...devices)
  await world.converge(...devices)
  const tree = a.tree()
  for (const device of devices) t.deepEqual(device.tree(), tree)
  t.is(tree['note.txt'], 'by A')
  const copies = Object.entries(tree).filter(([path]) => path !== 'note.txt')
  t.deepEqual(copies.map(([, content]) => content).sort(), ['by B', 'by C'])
  for (const [path, content] of copies) {
    t.regex(path, new RegExp(`^note \\(conflicted copy ${content.slice(3)} [0-9a-f]{6}\\)\\.txt$`))
  }
})

test('INV-04 three devices write equal content: no copy', async (t) => {
  const world = await EngineWorld.open()
  const devices = ['A', 'B', 'C'].map((name) => world.device(name))
  for (const device of devices) device.write('same', 'equal')
  await world.converge(...devices)
  for (const device of devices) t.deepEqual(device.tree(), { same: 'equal' })
})

test('INV-21 a file becomes a directory here and is edited there: both contents stay', async (t) => {
  const { world, a, b } = await pair()
  await b.sync()
  a.remove('dir/file')
  a.write('dir/file/inside', 'now a directory')
  b.write('dir/file', 'edited there')
  await world.converge(a, b)
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
  const contents = Object.values(a.tree())
  t.true(contents.includes('now a directory'))
  t.true(contents.includes('edited there'))
})

test('INV-21 a directory becomes a file, and back again', async (t) => {
  const { world, a, b } = await pair()
  a.remove('dir')
  a.write('dir', 'a file now')
  await world.converge(a, b)
  t.deepEqual(b.tree(), { dir: 'a file now' })
  b.remove('dir')
  b.write('dir/again', 'a directory')
  await world.converge(b, a)
  t.deepEqual(a.tree(), { 'dir/': '', 'dir/again': 'a directory' })
})

test('what a tree may hold: empty files and directories, the executable bit, names of every kind', async (t) => {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('empty', '')
  a.mkdir('empty directory/deeper')
  a.write('tool', '#!')
  a.setExecutable('tool', true)
  for (const name of [
    '__proto__',
    'constructor',
    'Ünïcode 漢字 🌊',
    ' spaces ',
    'CON',
    '-rf',
    'a'.repeat(255),
    'back\\slash',
    '%2e%2e',
  ]) {
    a.write(name, `named ${name.length}`)
  }
  await world.converge(a, b)
  t.deepEqual(b.tree(), a.tree())
  t.is(b.tree()['tool*'], '#!')
  b.setExecutable('tool', false)
  b.setExecutable('empty', true)
  await world.converge(b, a)
  t.deepEqual(a.tree(), b.tree())
  t.is(a.tree()['empty*'], '')
})

// ---- answers that are no good (INV-35, INV-26)

test('a content that the server cannot give does not hold up the others', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('bad', 'not to be had')
  a.write('good', 'to be had')
  await a.sync()
  const lost = world.hasher.digest('chunk', new TextEncoder().encode('not to be had'))
  b.onAnswer = (answer, request) => {
    if (answer.type !== 'get-chunks' || request.type !== 'get-chunks') return answer
    const chunks = answer.chunks.filter(({ digest }) => digest !== lost)
    return { ...answer, chunks, absent: request.digests.filter((digest) => digest === lost) }
  }
  const report = await b.sync()
  t.deepEqual(b.tree(), { good: 'to be had' })
  t.deepEqual(
    report.problems.map(({ path }) => path),
    ['bad'],
  )
  t.not(b.statuses.at(-2)?.state, 'synced')
  b.onAnswer = (answer) => answer
  await b.sync()
  t.deepEqual(b.tree(), { bad: 'not to be had', good: 'to be had' })
})

test('a manifest that is not what it says it is holds up its own file only', async (t) => {
  const { a, b } = await twoDevices()
  a.write('bad', 'long enough to be told apart')
  a.write('good', 'short')
  await a.sync()
  b.onAnswer = (answer) => {
    if (answer.type !== 'get-manifests') return answer
    const manifests = answer.manifests.map((wire) =>
      wire.form === 'whole' && wire.manifest.size > 5 ? { ...wire, manifest: { chunks: [], size: 0 } } : wire,
    )
    return { ...answer, manifests }
  }
  const report = await b.sync()
  t.deepEqual(b.tree(), { good: 'short' })
  t.deepEqual(
    report.problems.map(({ path }) => path),
    ['bad'],
  )
  b.onAnswer = (answer) => answer
  await b.sync()
  t.deepEqual(b.tree(), a.tree())
})

test('a chunk with other bytes than its digest names is never put in place', async (t) => {
  const { a, b } = await twoDevices()
  a.write('f', 'as it was')
  await a.sync()
  b.onAnswer = (answer) => {
    if (answer.type !== 'get-chunks') return answer
    const bytes = new TextEncoder().encode('as it is!')
    return { ...answer, chunks: answer.chunks.map((chunk) => ({ ...chunk, bytes })) }
  }
  await b.sync()
  t.deepEqual(b.tree(), {})
})

test('a batch refused as a whole does not stay in the outbox', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'one')
  await world.converge(a, b)
  a.write('f', 'two')
  a.onAnswer = (answer) =>
    answer.type === 'commit'
      ? { type: 'error', code: 'invalid', message: 'not like this', subject: null, retryAfterMs: null }
      : answer
  await t.throwsAsync(a.sync(), { code: 'invalid' } as never)
  t.false([...a.state.rows.keys()].some((key) => key.startsWith('o/')))
  a.onAnswer = (answer) => answer
  await world.converge(a, b)
  t.deepEqual(b.tree(), { f: 'two' })
  t.deepEqual(a.tree(), { f: 'two' })
})

test('a server that takes every device for a clone is not asked without end', async (t) => {
  const { a } = await twoDevices()
  a.write('f', 'content')
  a.onAnswer = (answer) => (answer.type === 'hello' ? { ...answer, device: 'clone' } : answer)
  await t.throwsAsync(a.sync(), { code: 'busy' } as never)
  t.true(a.requests.length <= 4)
})
