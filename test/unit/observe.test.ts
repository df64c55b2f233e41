/** SPEC 3, rule by rule: a disk that was synced, the disk as it is now, and what became of each node. */

import test from 'ava'
import { Trees } from '../../src/engine/trees.js'
import type { Listing } from '../../src/interfaces/local-store.js'
import { type NodeId, ROOT_ID } from '../../src/model/ids.js'
import { keyOf } from '../../src/model/node.js'
import { sameStamp } from '../../src/model/stamp.js'
import { placeKey } from '../../src/model/tree.js'
import { milliseconds, recorded } from '../../src/reconcile/observe-content.js'
import { foldName, nameOnDisk } from '../../src/reconcile/observe-names.js'
import { play, put } from './observe-play.js'
import { FOLDING, IGNORE, OBSERVED } from './observe.table.js'
import { digestOf, idOf, Rows, run, TRAITS, World } from './observe-world.js'

for (const [title, disks, said, options] of OBSERVED) {
  test(title, (t) => {
    const expected = said
      .split(' ')
      .filter((part) => part !== '')
      .sort()
      .join(' ')
    t.is(play(disks, options).said, expected)
  })
}

/** NFD, as a disk of the Macintosh of old spells it. */
const E_NFC = '\u00e9'
const E_NFD = 'e\u0301'

for (const unicode of ['nfd', 'nfc', 'insensitive'] as const) {
  const spelled = unicode === 'nfc' ? E_NFC : E_NFD
  const agreed = unicode === 'nfc' ? E_NFD : E_NFC
  test(`INV-22: a disk that shows the other form has renamed nothing (${unicode})`, (t) => {
    const options = { traits: { unicode }, named: { [spelled]: agreed } }
    t.is(play([`${spelled}=1:x`, `${spelled}=1:x`], options).said, '')
    t.is(play([`${spelled}=1:x`, `${spelled}=1:y@5`], options).said, `${spelled}>${agreed}=y`)
    t.is(
      play([`${spelled}/=1 ${spelled}/a=2:x`, `${spelled}/=1 ${spelled}/a=3:y@5`], options).said,
      `${spelled}/a>${agreed}/a=y`,
    )
  })
}

test('INV-22: NFC and NFD twins are two files where the disk keeps both', (t) => {
  t.is(play([`${E_NFC}=1:x`, `${E_NFC}=1:x ${E_NFD}=2:y`]).said, `+${E_NFD}=y`)
  t.is(play([`${E_NFC}=1:x ${E_NFD}=2:y`, `${E_NFC}=1:x`]).said, `-${E_NFD}`)
})

test('INV-22: on a disk that holds one of two twins, the exact name comes first', (t) => {
  const twins = [`${E_NFC}=1:x ${E_NFD}=2:y`, `${E_NFD}=2:y`]
  t.is(play(twins, { traits: { unicode: 'insensitive' } }).said, `-${E_NFC}`)
})

test('names: folding and spelling', (t) => {
  const folding = { ...TRAITS, case: 'preserving', unicode: 'insensitive' } as const
  t.is(foldName('A\u0308', folding), foldName('\u00e4', folding))
  t.not(foldName('A', TRAITS), foldName('a', TRAITS))
  t.is(nameOnDisk(E_NFD, E_NFC, { ...TRAITS, unicode: 'nfd' }), E_NFC)
  t.is(nameOnDisk(E_NFD, E_NFC, TRAITS), E_NFD)
  t.is(nameOnDisk('A', 'a', folding), 'A')
})

test('occupied: the places no node stands for, below new directories too', (t) => {
  const { rows, result } = play(['', 'iga=1:x s@ d/=2 d/p! d/b=3:y#busy u? c~=9:z'], { ignored: IGNORE })
  const directory = rows.paths().get('d') as NodeId
  const expected = [
    placeKey(ROOT_ID, 'iga'),
    placeKey(ROOT_ID, 's'),
    placeKey(ROOT_ID, 'u'),
    placeKey(directory, 'p'),
    placeKey(directory, 'b'),
  ]
  t.deepEqual([...result.observation.occupied].sort(), expected.sort())
})

test('occupied: where a moved file could not be read', (t) => {
  const { result } = play(['a=1:x', 'b=1:x#busy'])
  t.deepEqual([...result.observation.occupied], [placeKey(ROOT_ID, 'b')])
})

test('paths: every node that was found, and no other', (t) => {
  const { result, rows, idAt } = play(['a=1:x d/=2 d/b=3:y', 'c=1:x d/=2 d/e/=4'])
  const ids = rows.paths()
  const expected = new Map([
    [ROOT_ID, ''],
    [idAt.get('a'), 'c'],
    [idAt.get('d'), 'd'],
    [ids.get('d/e'), 'd/e'],
  ])
  t.deepEqual([...result.observation.paths].sort(), [...expected].sort() as [NodeId, string][])
})

test('a listing that is missing from a full scan proves nothing', (t) => {
  const none = new Map<string, Listing | undefined>([['d', undefined]])
  t.is(play(['d/=1 d/a=2:x', 'd/=1'], { listings: none }).said, 'd!unlisted d/a:frozen d:frozen')
})

test('INV-19: a root without an answer freezes everything', (t) => {
  const unknown: Listing = { state: 'unknown', problem: { path: '', code: 'unreadable', message: 'no' } }
  t.is(play(['d/=1 d/a=2:x', ''], { listings: new Map([['', unknown]]) }).said, '!unreadable d/a:frozen d:frozen')
  t.is(play(['d/=1 d/a=2:x', ''], { listings: new Map([['', { state: 'absent' }]]) }).said, '!busy d/a:frozen d:frozen')
})

test('a directory that went away, or was exchanged, while the scan ran is frozen', (t) => {
  t.is(
    play(['d/=1 d/a=2:x', 'd/=1'], { listings: new Map([['d', { state: 'absent' }]]) }).said,
    'd!busy d/a:frozen d:frozen',
  )
  const other: Listing = { state: 'complete', directory: '77.77' as never, entries: [] }
  t.is(play(['d/=1 d/a=2:x', 'd/=1'], { listings: new Map([['d', other]]) }).said, 'd!busy d/a:frozen d:frozen')
})

test('a directory renamed while the scan ran, and seen twice, is one node', (t) => {
  const { said, rows } = play(['d/=1 d/a=2:x', 'd/=1 d/a=2:x e/=1 e/a=2:x'])
  t.is(said, 'e!busy')
  t.is(rows.paths().size, 2)
})

test('DESIGN 4.1: a touch keeps the time, an edit takes the new one, rounded down', (t) => {
  const touched = play(['a=1:x@3', 'a=1:x@5'])
  const id = touched.idAt.get('a') as NodeId
  t.is(touched.rows.seen(id)?.node.modifiedAt, 3000)
  t.is(touched.rows.synced(id)?.stamp?.mtimeNs, '5000000000')
  const edited = play(['a=1:x@3', 'a=1:y@-5'])
  t.is(edited.rows.seen(edited.idAt.get('a') as NodeId)?.node.modifiedAt, -5000)
  t.is(milliseconds('-1'), -1)
  t.is(milliseconds('1999999'), 1)
  t.is(milliseconds('1700000000000999999'), 1_700_000_000_000)
})

test('a provisional conflict copy that is edited stays one', (t) => {
  const world = new World()
  const rows = new Rows()
  put(world, 'a=1:x')
  rows.store(run(world, rows).observation)
  const [[id, local] = []] = [...rows.localRows]
  if (id === undefined || local === undefined || local === 'deleted') return t.fail('no row')
  rows.localRows.set(id, { ...local, node: { ...local.node, conflictOf: idOf('other') } })
  put(world, 'b=1:y@5')
  rows.store(run(world, rows).observation)
  const [now] = [...rows.localRows.values()]
  t.like(now, { provisional: true, node: { id, name: 'b', conflictOf: idOf('other') } })
})

test('INV-16: a stamp recorded within 2 s of the change, or a tick, is racy and never equal', (t) => {
  const stamp = (mtime: number, ctime: number) => ({
    size: 1,
    mtimeNs: `${mtime * 1e6}`,
    ctimeNs: `${ctime * 1e6}`,
    fileId: null,
  })
  const racy = (mtime: number, ctime: number, now: number, traits = TRAITS) =>
    recorded(stamp(mtime, ctime), traits, now).racy === true
  t.true(racy(9_000, 9_000, 10_000))
  t.true(racy(8_000, 8_000, 10_000))
  t.false(racy(7_999, 7_999, 10_000))
  t.true(racy(1_000, 9_000, 10_000), 'times set back by hand')
  t.false(racy(999_000, 1_000, 10_000), 'a time far ahead set by hand')
  t.true(racy(999_000, 999_000, 10_000), 'INV-14: the clock went back')
  t.true(racy(999_000, 0, 10_000), 'no change time: only the other one counts')
  t.true(racy(6_000, 6_000, 10_000, { ...TRAITS, mtimeGranularityNs: 5e9 }))
  t.false(sameStamp(recorded(stamp(9_000, 9_000), TRAITS, 10_000), stamp(9_000, 9_000)))
  t.true(sameStamp(recorded(stamp(9_000, 9_000), TRAITS, 90_000), stamp(9_000, 9_000)))
})

for (const [title, readAt, racy] of [
  ['when the scan began', undefined, true],
  ['2 s after it was written', 11_000, true],
  ['a little later than that', 11_001, undefined],
] as const) {
  test(`INV-16: the stamp of a file that is asked for ${title} is ${racy === true ? 'racy' : 'none that is in doubt'}`, (t) => {
    const world = new World()
    world.now = 9_000
    put(world, 'a=1:x@9')
    const asked = readAt === undefined ? {} : { readAt: new Map([['a', readAt]]) }
    const { observation } = run(world, new Rows(), { scannedAt: 10_000, ...asked })
    const [row] = observation.local.values()
    t.is(typeof row === 'object' ? row.stamp.racy : 'no row', racy)
  })
}

test('INV-16: an edit in the same tick as the one before is found by the next scan', (t) => {
  const world = new World()
  world.now = 10_000
  const rows = new Rows()
  put(world, 'a=1:x@10')
  rows.store(run(world, rows).observation)
  rows.accept()
  put(world, 'a=1:y@10')
  const second = run(world, rows)
  t.deepEqual(second.read, ['a'])
  rows.store(second.observation)
  t.deepEqual(rows.tree(), new Map([['a', 'y']]))
  world.now = 20_000
  rows.store(run(world, rows).observation)
  const settled = run(world, rows)
  t.deepEqual(settled.read, [], 'not racy any more')
  t.is(settled.observation.local.size + settled.observation.stamps.size, 0)
})

test('INV-05: a second scan of an unchanged disk reads and says nothing', (t) => {
  const { rows } = play(['a=1:x d/=2 d/b=3:y', 'c=1:x d/=2 d/b=3:z@5 e=4:w'])
  const world = new World()
  world.now = 100_000_000
  put(world, 'c=1:x d/=2 d/b=3:z@5 e=4:w')
  const { read, observation } = run(world, rows)
  t.deepEqual(read, [])
  t.is(observation.local.size + observation.stamps.size + observation.presence.size + observation.forget.length, 0)
})

test('a directory of 1,000 files renamed: one row, no file read', (t) => {
  const files = Array.from({ length: 1000 }, (_, index) => `/f${index}=${index + 10}:x`)
  const { said, result } = play([
    `d/=1 ${files.map((file) => `d${file}`).join(' ')}`,
    `e/=1 ${files.map((file) => `e${file}`).join(' ')}`,
  ])
  t.is(said, 'd>e')
  t.deepEqual(result.read, [])
  t.is(result.observation.local.size, 1)
})

test('a partial scan looks at what was listed, not at the tree', (t) => {
  const asked = (others: number): number => {
    const world = new World()
    world.now = 100_000_000
    const rows = new Rows()
    const elsewhere = Array.from({ length: others }, (_, index) => `o/f${index}=${index + 100}:x`).join(' ')
    put(world, `d/=1 d/a=2:x o/=3 ${elsewhere}`)
    rows.store(run(world, rows).observation)
    rows.accept()
    put(world, `d/=1 d/a=2:y@5 d/b=4:z o/=3 ${elsewhere}`)
    let calls = 0
    const counting = new Proxy(rows, {
      get: (target, name) => {
        calls++
        return Reflect.get(target, name, target) as unknown
      },
    })
    t.deepEqual(run(world, counting, { dirty: ['d'] }).listed, ['d'])
    return calls
  }
  t.is(asked(5), asked(500))
})

test('SEC: names of the language are names like any other', (t) => {
  t.is(
    play(['', '__proto__=1:x constructor/=2 constructor/__proto__/=3']).said,
    '+__proto__=x +constructor/ +constructor/__proto__/',
  )
})

for (const [disk, said] of [
  ['', 'deleted'],
  ['other=2:x', 'other'],
] as const) {
  test(`SPEC 3.3 last seen in a directory that is known no more: a look at everything says it is ${said}`, (t) => {
    const world = new World()
    const rows = new Rows()
    put(world, 'd/=1 d/a=2:x')
    rows.store(run(world, rows).observation)
    rows.accept()
    const [d, a] = [...rows.syncedRows.values()].map(({ node }) => node)
    if (d === undefined || a === undefined) return t.fail('no rows')
    rows.store({ ...run(world, rows).observation, forget: [d.id] })
    put(world, disk)
    const row = run(world, rows).observation.local.get(a.id)
    t.is(typeof row === 'object' ? row.node.name : row, said)
  })
}

test('SEC-33 INV-22: names of the language are names like any other on a disk that folds names', (t) => {
  t.is(
    play(['', '__proto__=1:x constructor/=2 constructor/toString=3:y'], { traits: FOLDING }).said,
    '+__proto__=x +constructor/ +constructor/toString=y',
  )
})

test('a file exchanged between listing and reading is busy, not an edit', (t) => {
  const world = new World()
  const rows = new Rows()
  put(world, 'a=1:x')
  rows.store(run(world, rows).observation)
  rows.accept()
  put(world, 'a=1:x@5')
  const described = world.describe('a')
  if (described.state !== 'read') return t.fail('not read')
  world.describe = () => ({ ...described, stamp: { ...described.stamp, fileId: '77.77' as never } })
  const { observation } = run(world, rows)
  t.is(observation.local.size + observation.stamps.size, 0)
  t.deepEqual([...observation.frozen], [...rows.syncedRows.keys()])
})

test('DESIGN 4.10: a disk name that two nodes fold to is neither of them', (t) => {
  t.is(play(['ab=1:x AB=2:y', 'aB=3:z@5'], { traits: FOLDING }).said, '+aB=z -AB -ab')
})

for (const [first, second] of [
  ['a', 'z'],
  ['z', 'a'],
] as const) {
  test(`SPEC 3.2b half of a swap was done, and both are agreed to stand at one place: it is whose file stands there (${first} moved on)`, (t) => {
    const world = new World()
    put(world, 'there=1:x here=2:y')
    const trees = new Trees({ synced: () => {}, local: () => {}, remote: () => {} })
    const agree = (id: NodeId, from: string, content: string): void => {
      const inode = world.find(from)
      if (inode === undefined) throw new Error('not there')
      const place = { parentId: ROOT_ID, name: 'here', key: keyOf('here') }
      const of = { kind: 'file', content: digestOf(content), size: 1, modifiedAt: 0, executable: false } as const
      const node = { id, ...place, ...of, conflictOf: null }
      trees.setSynced(id, { node, sequence: 1, presence: 'present', stamp: world.stamp(inode) })
    }
    agree(idOf(first), 'there', 'x')
    agree(idOf(second), 'here', 'y')
    const { observation } = run(world, trees)
    const names = [...observation.local].map(([id, row]) => [id, typeof row === 'object' ? row.node.name : row])
    t.deepEqual(names, [[idOf(first), 'there']])
  })
}
