/**
 * A9 and SEC-48: a server that lies. Whatever it says, nothing is written outside the root, nothing of the user's is
 * lost or changed into something nobody wrote, requests end, and an honest answer after it heals everything.
 */

import test from 'ava'
import { isTidemarkError } from '../../src/index.js'
import { EngineWorld, ROOT, type TestDevice } from './engine-world.js'
import { HOSTILE } from './hostile-server.table.js'

/** One sync asks this often at most, whatever it is told. */
const MOST_REQUESTS = 60
const MOST_STAGED_BYTES = 8 * 1024 * 1024

/** A knows more than B, and B has a file of its own that nobody else has. */
async function scene(): Promise<{ readonly world: EngineWorld; readonly a: TestDevice; readonly b: TestDevice }> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write('dir/file', 'content')
  a.write('dir/sub/deep', 'deep content')
  a.write('top', 'at the top')
  await world.converge(a, b)
  // As long as the other one: no size gives a lie away.
  a.write('dir/new', 'new content of it')
  a.write('top', 'edited at the top')
  a.rename('dir/sub', 'dir/renamed')
  a.mkdir('empty')
  await a.sync()
  b.write('mine', 'nobody else has it')
  return { world, a, b }
}

function stagedBytes(device: TestDevice): number {
  return device
    .own('staging')
    .reduce((sum, name) => sum + device.volume.statSync(`${ROOT}/.tidemark/staging/${name}`).size, 0)
}

/** Contents of the local trash. */
function trashed(device: TestDevice): readonly string[] {
  return device.own('trash').map((name) => String(device.volume.readFileSync(`${ROOT}/.tidemark/trash/${name}`)))
}

test('SEC-48 the table holds what it should: eighty lies at least', (t) => {
  t.true(HOSTILE.length >= 80, String(HOSTILE.length))
  t.is(new Set(HOSTILE.map(({ title }) => title)).size, HOSTILE.length)
})

for (const { title, lie, ends, believed } of HOSTILE) {
  test(`A9 SEC-48 a server tells of ${title}`, async (t) => {
    const { world, a, b } = await scene()
    const before = b.tree()
    const honest = new Set([...Object.values(before), ...Object.values(a.tree())])
    b.onAnswer = lie
    const outcome = await b.sync().then(
      () => 'no error',
      (error: unknown) => (isTidemarkError(error) ? error.code : String(error)),
    )
    if (ends !== undefined) t.is<string, string>(outcome, ends)
    else t.not<string, string>(outcome, 'internal')
    t.true(b.requests.length <= MOST_REQUESTS, `${b.requests.length} requests`)
    t.deepEqual(b.volume.readdirSync('/'), [ROOT.slice(1)], 'nothing beside the root')
    t.true(stagedBytes(b) <= MOST_STAGED_BYTES)
    const after = b.tree()
    for (const [path, content] of Object.entries(after)) t.true(honest.has(content), `${path}: ${content}`)
    t.is(after['mine'], 'nobody else has it')
    const kept = new Set([...Object.values(after), ...trashed(b), ...Object.values(a.tree())])
    // an older revision that was replaced by the next one stays in the server's history, not here
    if (kept.has('edited at the top')) kept.add('at the top')
    for (const content of Object.values(before)) t.true(kept.has(content), content)
    if (believed === true) return
    b.onAnswer = (answer) => answer
    await world.converge(b, a)
    await world.converge(b, a)
    t.deepEqual(b.tree(), a.tree(), 'an honest answer heals it')
    t.is(b.tree()['mine'], 'nobody else has it')
    t.is(b.tree()['top'], 'edited at the top')
    t.is(b.tree()['dir/new'], 'new content of it')
  })
}
