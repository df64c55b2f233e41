/** Single scenes in which an engine could lose, publish or bring back what it should not: each names the rule it keeps. */

import test from 'ava'
import { ROOT, stopped, type TestDevice, twoDevices } from './engine-world.js'
import { shows } from '../../src/engine/results.js'
import { Trees } from '../../src/engine/trees.js'
import { type Digest, type Node, type NodeId, ROOT_ID, TidemarkError } from '../../src/index.js'

// ---- a call that is cut off (INV-10, SPEC 5.9)

test('nothing is planned while a commit that was cut off has no answer', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'one')
  await world.converge(a, b)
  await a.start()
  await world.pass(30_000)
  const cut = new AbortController()
  a.onAnswered = (request) => {
    if (request.type !== 'commit') return
    a.onAnswered = () => undefined
    cut.abort()
    throw new TidemarkError('aborted', 'cut off')
  }
  a.write('f', 'two')
  await t.throwsAsync(world.run(a.engine.sync({ signal: cut.signal })), { code: 'aborted' } as never)
  a.write('f', 'three')
  await world.run(a.engine.sync())
  const commits = a.requests.map(({ request }) => request).filter((request) => request.type === 'commit')
  await b.sync()
  t.deepEqual(b.tree(), { f: 'three' })
  t.deepEqual(a.tree(), { f: 'three' })
  t.true(commits.length >= 2)
  t.is(commits[0]?.key === commits[1]?.key, false)
  await stopped(a)
})

// ---- what is out of the tree for a moment (INV-09)

test('files that cannot be put back after a broken rename are not taken for deleted', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('x', 'the first')
  a.write('y', 'the second')
  a.write('z', 'a third')
  await world.converge(a, b)
  a.rename('x', 'swap')
  a.rename('y', 'x')
  a.rename('swap', 'y')
  await a.sync()
  let broken = true
  b.onStep = ({ call, path }) => {
    if (!broken || !path.startsWith(`${ROOT}/`) || path.includes('/.tidemark')) return
    if (call === 'link') throw Object.assign(new Error('no'), { code: 'EIO' })
  }
  await b.start()
  await world.pass(120_000)
  t.true(b.own('moving').length > 0, 'out of the tree')
  t.not(b.engine.status.state, 'synced')
  await a.sync()
  t.is(Object.keys(a.tree()).length, 3, 'nobody deleted anything')
  broken = false
  await world.pass(180_000)
  t.is(b.engine.status.state, 'synced')
  t.deepEqual(b.tree(), { x: 'the second', y: 'the first', z: 'a third' })
  t.deepEqual(b.own('moving'), [])
  await stopped(b)
})

// ---- a disk that does not confirm (INV-08)

test('what the disk did not confirm is not remembered, whatever is saved next', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'content')
  await a.sync()
  let broken = true
  let confirmed = false
  b.onStep = ({ seam, call, path }) => {
    if (call === 'sync' && path === `${ROOT}/f`) {
      if (broken) throw Object.assign(new Error('no'), { code: 'EIO' })
      confirmed = true
    }
    if (seam === 'state' && !confirmed) remembered.push(...claims(b))
  }
  const remembered: string[] = []
  await b.start()
  await world.pass(60_000)
  t.deepEqual(remembered, [])
  t.deepEqual(claims(b), [], 'the state claims nothing yet')
  broken = false
  await world.pass(120_000)
  t.is(b.engine.status.state, 'synced')
  t.is(claims(b).length, 1)
  await stopped(b)
})

function claims(device: TestDevice): readonly string[] {
  return [...device.state.rows].filter(([key]) => key.startsWith('s/')).map(([key]) => key)
}

// ---- one bad thing does not hold up the rest (INV-35)

test('an unreadable file is a problem, not a loop', async (t) => {
  const { world, a } = await twoDevices()
  a.write('closed', 'secret')
  a.write('open', 'public')
  let tries = 0
  a.onStep = ({ call, path }) => {
    if (call !== 'open read' || path !== `${ROOT}/closed`) return
    tries += 1
    throw Object.assign(new Error('no'), { code: 'EACCES' })
  }
  await a.start()
  await world.pass(30_000)
  t.true(tries < 10, `${tries} tries in 30 s`)
  t.is(a.engine.status.state, 'syncing')
  t.deepEqual(
    a.engine.status.problems.map(({ path, code }) => [path, code]),
    [['closed', 'unreadable']],
  )
  const b = world.device('B')
  await b.sync()
  t.deepEqual(b.tree(), { open: 'public' })
  await stopped(a)
})

test('a listener that throws does not end the engine', async (t) => {
  const { a, b } = await twoDevices()
  a.engine.on('status', () => {
    throw new Error('of the app')
  })
  a.engine.on('change', () => {
    throw new Error('of the app')
  })
  b.write('f', 'content')
  await b.sync()
  await a.sync()
  t.deepEqual(a.tree(), { f: 'content' })
})

test('a start while a single sync runs goes on living', async (t) => {
  const { world, a, b } = await twoDevices()
  const once = a.engine.sync()
  await a.start()
  await world.run(once)
  await world.pass(10_000)
  b.write('f', 'content')
  await b.sync()
  await world.pass(10_000)
  t.deepEqual(a.tree(), { f: 'content' })
  await stopped(a)
})

test('a state row that cannot be read: the state is set aside, and the trees are united', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'content')
  await world.converge(a, b)
  const key = [...b.state.rows.keys()].find((found) => found.startsWith('s/')) ?? ''
  b.state.rows = new Map([...b.state.rows, [key, new TextEncoder().encode('torn {')]])
  b.restart()
  await b.sync()
  await a.sync()
  t.deepEqual(b.tree(), { f: 'content' })
  t.deepEqual(a.tree(), { f: 'content' })
})

// ---- what a step pushed aside (INV-02, INV-18)

test('an edit that a removal caught and could not put back becomes a file of its own', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'first')
  a.write('other', 'o')
  await world.converge(a, b)
  a.remove('f')
  await a.sync()
  await world.pass(10_000)
  // Between the look and the rename the file is replaced; before it can be put back, its name is taken again.
  b.onStep = ({ call, path }) => {
    if (call === 'rename' && path === `${ROOT}/f`) {
      b.volume.unlinkSync(path)
      b.volume.writeFileSync(path, 'caught by the removal')
    }
    if (call === 'link' && path === `${ROOT}/f` && !b.volume.existsSync(path))
      b.volume.writeFileSync(path, 'in its place since')
  }
  await world.run(b.engine.sync())
  b.onStep = () => undefined
  await world.converge(b, a, b)
  t.deepEqual(Object.values(b.tree()).sort(), ['caught by the removal', 'in its place since', 'o'])
  t.deepEqual(a.tree(), b.tree())
})

// ---- a node that both sides have and never agreed on (SPEC 2)

test('a step agrees on what it brought and on nothing else', (t) => {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  const id = '1'.repeat(32) as NodeId
  const stamp = { size: 1, mtimeNs: '1', ctimeNs: '1', fileId: null }
  const mine = fileNode(id, 'mine', 'a')
  const theirs = fileNode(id, 'theirs', 'b')
  trees.setLocal(id, { node: mine, stamp, provisional: false })
  trees.setRemote(id, { id, sequence: 3, node: theirs })
  shows(trees, { node: { ...mine, name: 'theirs', key: 'theirs' }, stamp, provisional: false }, ['placement'])
  const row = trees.synced(id)?.node
  t.is(row?.name, 'theirs', 'the placement is agreed')
  t.is(row?.content, null, 'the contents are not: neither passes for an edit of the other')
  t.is(trees.localNode(id)?.node.content, mine.content)
  t.is(trees.remoteRevision(id)?.node?.content, theirs.content)
})

test('a moved file with an unagreed content does not lend its stamp to the agreed one', (t) => {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  const id = '1'.repeat(32) as NodeId
  const old = { size: 1, mtimeNs: '1', ctimeNs: '1', fileId: null }
  const edited = { size: 2, mtimeNs: '2', ctimeNs: '2', fileId: null }
  const base = fileNode(id, 'before', 'a')
  trees.setSynced(id, { node: base, sequence: 1, presence: 'present', stamp: old })
  const mine = fileNode(id, 'before', 'b')
  trees.setLocal(id, { node: mine, stamp: edited, provisional: false })
  trees.setRemote(id, { id, sequence: 2, node: fileNode(id, 'after', 'c') })
  shows(trees, { node: { ...mine, name: 'after', key: 'after' }, stamp: edited, provisional: false }, ['placement'])
  t.is(trees.synced(id)?.node.name, 'after')
  t.deepEqual(trees.synced(id)?.stamp, old, 'the stamp of the agreed content')
  t.deepEqual(trees.localNode(id)?.stamp, edited)
})

test('moved elsewhere and edited on both sides: a scan between move and conflict copy takes nothing for unchanged', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'first')
  await world.converge(a, b)
  a.write('f', 'edited by A')
  a.rename('f', 'g')
  await a.sync()
  b.write('f', 'edited by B, which nobody may lose')
  let scanned = false
  b.engine.on('change', ({ type }) => {
    if (type === 'move' && !scanned) b.watcher.raise(['g'])
    scanned ||= type === 'move'
  })
  await b.start()
  await world.pass(60_000)
  await a.sync()
  t.true(scanned)
  t.deepEqual(Object.values(b.tree()).sort(), ['edited by A', 'edited by B, which nobody may lose'])
  t.deepEqual(a.tree(), b.tree())
  await stopped(b)
})

function fileNode(id: NodeId, name: string, digit: string): Node {
  return {
    id,
    parentId: ROOT_ID,
    name,
    key: name,
    kind: 'file',
    content: digit.repeat(64) as Digest,
    size: 1,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  }
}

test('what a program writes into a replaced file through its open handle becomes a file of its own', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'first')
  await world.converge(a, b)
  a.write('f', 'of A')
  await a.sync()
  await world.pass(10_000)
  const handle = b.volume.openSync(`${ROOT}/f`, 'r+')
  let written = false
  b.onStep = ({ call, path }) => {
    if (written || call !== 'sync' || path !== `${ROOT}/f`) return
    written = true
    world.clock.advance(10)
    b.volume.writeSync(handle, 'still written')
    b.volume.closeSync(handle)
  }
  await world.run(b.engine.sync())
  t.true(written, 'after the replace, before the flush')
  await world.converge(b, a, b)
  t.deepEqual(Object.values(b.tree()).sort(), ['of A', 'still written'])
  t.deepEqual(a.tree(), b.tree())
})
