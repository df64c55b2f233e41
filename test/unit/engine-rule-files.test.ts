/**
 * Rule files in trouble, and rules that change in the midst of things (INV-34, INV-23, INV-35, SEC-34): what cannot be
 * read for certain freezes its directory, and no moment is a bad one for a new rule.
 */

import test from 'ava'
import { offline, stopped } from './engine-world.js'
import { again, pair, quiet, RULES } from './ignore-world.js'

// ---- rule files in trouble

test('INV-34 a rule file that cannot be read freezes its directory, and nothing else', async (t) => {
  const { world, a, b } = await pair({ [`d/${RULES}`]: '*.log', 'd/x': '1', 'd/in/y': '2', other: 'o' })
  a.write(`d/${RULES}`, '*.log\n# more')
  a.write('d/secret.log', 'not for others')
  a.write('d/new', 'new')
  a.remove('d/x')
  a.write('other', 'edited')
  a.onStep = ({ call, path }) => {
    if (call === 'open read' && path.endsWith(RULES)) throw Object.assign(new Error('denied'), { code: 'EACCES' })
  }
  const report = await a.sync()
  t.deepEqual(
    report.problems.map(({ path, code }) => `${path} ${code}`),
    [`d/${RULES} ignore-rules`],
  )
  await b.sync()
  t.deepEqual(b.tree(), { 'd/': '', [`d/${RULES}`]: '*.log', 'd/in/': '', 'd/in/y': '2', 'd/x': '1', other: 'edited' })
  b.write('d/more', 'from B')
  await world.converge(b, a)
  t.false('d/more' in a.tree(), 'nothing comes where nobody knows whether it is wanted')
  a.onStep = () => undefined
  await world.converge(a, b)
  t.deepEqual(b.tree(), {
    'd/': '',
    [`d/${RULES}`]: '*.log\n# more',
    'd/in/': '',
    'd/in/y': '2',
    'd/more': 'from B',
    'd/new': 'new',
    other: 'edited',
  })
  await quiet(t, a, b)
})

for (const [title, rules] of [
  ['too long', `${'x'.repeat(256 * 1024)}\n`],
  ['of too many lines', '\n'.repeat(5_000)],
  ['of bytes that are no text', new Uint8Array([0x61, 0xff, 0x0a])],
] as const) {
  test(`SEC-34 rules ${title} freeze their directory, and are not read again while they stay so`, async (t) => {
    const { a, b } = await pair({ x: '1' })
    a.write(RULES, rules)
    a.write('y', '2')
    a.remove('x')
    t.deepEqual(
      (await a.sync()).problems.map(({ code }) => code),
      ['ignore-rules'],
    )
    await a.sync()
    await a.sync()
    t.deepEqual(a.opened(), [])
    await b.sync()
    t.deepEqual(b.tree(), { x: '1' })
    a.write(RULES, '# none')
    t.deepEqual((await a.sync()).problems, [])
    await b.sync()
    t.deepEqual(b.tree(), { [RULES]: '# none', y: '2' })
  })
}

test('INV-34 a symbolic link in place of the rules is not taken for no rules', async (t) => {
  const { a, b } = await pair({ x: '1' })
  a.volume.symlinkSync('/elsewhere', `/root/${RULES}`)
  a.write('secret', 's')
  t.true((await a.sync()).problems.some(({ code }) => code === 'ignore-rules'))
  await b.sync()
  t.deepEqual(b.tree(), { x: '1' })
})

test('a rule file that conflicts: each device obeys its own copy until one wins everywhere', async (t) => {
  const { world, a, b } = await pair({ x: '1', y: '2' })
  a.write(RULES, 'x')
  b.write(RULES, 'y')
  a.write('x', 'not from A')
  b.write('y', 'not from B')
  await world.converge(a, b)
  await world.converge(a, b)
  const copies = Object.entries(a.tree()).filter(([path]) => path.includes('conflicted copy'))
  t.deepEqual(
    copies.map(([, content]) => content).sort(),
    ['not from B', 'y'],
    'the other rules, and the edit they hid',
  )
  t.is(a.tree()[RULES], 'x')
  t.is(b.tree()[RULES], 'x')
  t.is(a.tree()['y'], '2', 'y is synced again on both')
  t.is(b.tree()['x'], '1')
  await quiet(t, a, b)
})

// ---- timing

test('INV-34 rules arrive while files they are about are being edited: every edit stays on its disk', async (t) => {
  const { world, a, b } = await pair({ 'x.log': '1', 'y.log': '2' })
  a.write(RULES, '*.log')
  await a.sync()
  b.write('x.log', 'edited on B')
  b.remove('y.log')
  await world.converge(b, a)
  t.is(b.tree()['x.log'], 'edited on B')
  t.is(a.tree()['x.log'], '1')
  t.is(a.tree()['y.log'], '2')
  await quiet(t, a, b)
})

test('INV-34 the first rules and what they hide, told of by one hint', async (t) => {
  const { world, a, b } = await pair({ x: '1' })
  await a.start()
  await world.pass(10_000)
  a.write('secret/key', 'not for others')
  a.write(RULES, 'secret/')
  a.watcher.raise([RULES, 'secret', 'secret/key'])
  await world.pass(10_000)
  t.is(a.engine.status.state, 'synced')
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { [RULES]: 'secret/', x: '1' })
})

test('INV-34 rules that changed without a hint hold for the next look below them', async (t) => {
  const { world, a, b } = await pair({ [RULES]: '# none yet', 'd/x': '1' })
  await a.start()
  await world.pass(10_000)
  a.write(RULES, 'd/secret')
  a.write('d/secret', 'not for others')
  a.watcher.raise(['d/secret'])
  await world.pass(10_000)
  await stopped(a)
  await b.sync()
  t.deepEqual(b.tree(), { [RULES]: 'd/secret', 'd/': '', 'd/x': '1' })
})

test('INV-34 ignored while its commit has no answer: what the server took is not deleted there', async (t) => {
  const { world, a, b } = await pair({ x: '1' })
  let lost = false
  a.onAnswered = ({ type }) => {
    if (type === 'commit') lost = true
    if (lost) throw offline()
  }
  a.onStep = ({ seam }) => {
    if (seam === 'network' && lost) throw offline()
  }
  a.write('y', 'on its way')
  a.write('x', 'edited')
  await t.throwsAsync(a.sync())
  a.write(RULES, 'x\ny\n')
  await t.throwsAsync(a.sync())
  a.restart()
  await world.converge(a, b)
  t.deepEqual(a.tree(), { [RULES]: 'x\ny\n', x: 'edited', y: 'on its way' })
  t.is(b.tree()['x'], 'edited')
  await world.converge(again(a, {}), again(b, {}))
  a.remove(RULES)
  const last = again(a, {})
  await world.converge(last, again(b, {}))
  t.deepEqual(last.tree(), { x: 'edited', y: 'on its way' })
  t.deepEqual(b.tree(), last.tree())
})

test('nothing changed: no file is opened, rule files neither', async (t) => {
  const { a } = await pair({ [RULES]: '*.log', [`d/${RULES}`]: '!x', 'd/x': '1', 'y.log': 'l' })
  await a.sync()
  await a.sync()
  t.deepEqual(a.opened(), [])
  a.restart()
  await a.sync()
  t.deepEqual(a.opened(), [])
})

// ---- remnants (INV-23)

test('INV-23 a directory deleted elsewhere that holds ignored content stays, nothing of it goes up, until its rule goes', async (t) => {
  const { world, a, b } = await pair({ [RULES]: '*.log', 'd/x': '1', 'd/in/y': '2' })
  b.write('d/own.log', 'ignored')
  await b.sync()
  a.remove('d')
  await world.converge(a, b)
  t.deepEqual(b.tree(), { [RULES]: '*.log', 'd/': '', 'd/own.log': 'ignored' })
  t.deepEqual(
    (await b.sync()).problems.map(({ path, code }) => `${path} ${code}`),
    ['d remnant'],
  )
  t.false('d/' in a.tree())
  b.remove(RULES)
  await world.converge(b, a)
  t.deepEqual(a.tree(), { 'd/': '', 'd/own.log': 'ignored' })
  await quiet(t, a, b)
})

test('INV-04 a remnant that its user removes is gone: no device gets the directory back', async (t) => {
  const { world, a, b } = await pair({ [RULES]: '*.log', 'd/in/x': '1' })
  b.write('d/in/own.log', 'ignored')
  await b.sync()
  a.remove('d')
  await world.converge(a, b)
  t.deepEqual(b.tree(), { [RULES]: '*.log', 'd/': '', 'd/in/': '', 'd/in/own.log': 'ignored' })
  b.remove('d')
  await world.converge(b, a)
  t.deepEqual(a.tree(), { [RULES]: '*.log' })
  t.deepEqual(b.tree(), a.tree())
  await quiet(t, a, b)
})
