/** Single rules of the planner (SPEC 2), each on a view of a few rows. */

import test from 'ava'
import { nameTrouble } from '../../src/model/name.js'
import { IGNORED } from './planner-ignore.table.js'
import { CASES, NEEDS } from './planner-rules.table.js'
import { type Row, idOf, planOf, wordsOf } from './planner-world/rows.js'

for (const { title, rows, given, plan } of [...CASES, ...IGNORED]) {
  test(title, (t) => {
    const found = planOf(rows, given)
    t.deepEqual(wordsOf(found), [...plan])
    t.deepEqual(found.need, { nodes: [], childrenOf: [], places: [] })
    for (const operation of found.operations) {
      for (const need of operation.dependsOn) t.true(need < operation.operation, 'what it depends on comes before it')
    }
  })
}

// The mass-delete guard (INV-20): more than half of the files, and ten at least.

function deleted(count: number, direction: 'up' | 'down'): Row[] {
  return Array.from({ length: count }, (_, at) => {
    const place = `/f${at}=${at}`
    const id = `e${at.toString().padStart(2, '0')}`
    return direction === 'up' ? { id, s: place, r: place } : { id, s: place, l: place, tombstone: 3 }
  })
}

for (const direction of ['up', 'down'] as const) {
  const done = direction === 'up' ? 'deletedUp' : 'deletedDown'
  const table: readonly { deletes: number; of: number; before?: number; asks: boolean }[] = [
    { deletes: 9, of: 9, asks: false },
    { deletes: 10, of: 10, asks: true },
    { deletes: 10, of: 19, asks: true },
    { deletes: 10, of: 20, asks: false },
    { deletes: 11, of: 21, asks: true },
    { deletes: 4, of: 10, before: 5, asks: false },
    { deletes: 5, of: 10, before: 5, asks: true },
    { deletes: 1, of: 100, before: 50, asks: true },
    { deletes: 1, of: 102, before: 50, asks: false },
  ]
  for (const { deletes, of, before = 0, asks } of table) {
    test(`INV-20 ${direction}: ${before} + ${deletes} deletes of ${of} files ${asks ? 'ask' : 'go'}`, (t) => {
      const guard = { presentFiles: of, [done]: before }
      const found = planOf([...deleted(deletes, direction), { id: 'n', l: '/new=other' }], { guard })
      t.is(found.operations.length, asks ? 1 : deletes + 1)
      t.is(found.guards.length, asks ? 1 : 0)
      if (!asks) return
      const [asked] = found.guards
      t.is(asked?.id, `mass-delete:${direction}`)
      t.deepEqual([asked?.deletes, asked?.of, asked?.nodes.length], [before + deletes, of, deletes])
      const confirmed = planOf([...deleted(deletes, direction), { id: 'n', l: '/new=other' }], {
        guard: { ...guard, confirmed: new Set([`mass-delete:${direction}`]) },
      })
      t.is(confirmed.operations.length, deletes + 1)
      t.deepEqual(confirmed.guards, [])
    })
  }
}

test('INV-20 content that appears again in the same plan is no delete', (t) => {
  const again = (count: number): Row[] =>
    Array.from({ length: count }, (_, at) => ({ id: `d${at}`, l: `/g${at}=${at}` }))
  t.is(planOf([...deleted(12, 'up'), ...again(3)], { guard: { presentFiles: 12 } }).guards.length, 0)
  t.is(planOf([...deleted(12, 'up'), ...again(2)], { guard: { presentFiles: 12 } }).guards.length, 1)
})

test('INV-20 what depends on a guarded delete waits with it', (t) => {
  const rows: Row[] = [...deleted(10, 'up'), { id: 'n', l: '/f3=other' }, { id: 'm', l: '/m=another' }]
  t.deepEqual(wordsOf(planOf(rows, { guard: { presentFiles: 10 } })), ['commit create m'])
  const below: Row[] = [
    ...deleted(10, 'down').map((row) => ({
      ...row,
      s: row.s?.replace('/', 'd/') ?? '',
      l: row.l?.replace('/', 'd/') ?? '',
    })),
    { id: 'd', s: '/d/', l: '/d/', tombstone: 9 },
  ]
  t.deepEqual(wordsOf(planOf(below, { guard: { presentFiles: 10 } })), [])
})

// Need: what is not in the view is asked for, never guessed.

for (const { title, rows, given, nodes = [], childrenOf = [], places = [] } of NEEDS) {
  test(`need: ${title}`, (t) => {
    const { need, operations } = planOf(rows, { ...given, bare: true })
    t.deepEqual(operations, [])
    t.deepEqual(need.nodes, nodes.map(idOf))
    t.deepEqual(need.childrenOf, childrenOf.map(idOf))
    const asked = need.places.map(({ parentId, name }) => `${parentId}/${name}`)
    t.deepEqual(
      asked,
      places.map((place) => `${idOf(place.slice(0, place.indexOf('/')))}/${place.slice(place.indexOf('/') + 1)}`),
    )
  })
}

test('need: the way up to where a node arrives, while a directory is on its way: one in between need not differ', (t) => {
  const rows: Row[] = [
    { id: 'b', all: '/b/' },
    { id: 'f', s: '/f/', l: '/f/', r: 'b/d/' },
    { id: 'g', all: 'i/g/' },
    { id: 'x', s: 'b/d=1', l: 'b/d=1', r: 'g/e=1' },
  ]
  t.deepEqual(planOf(rows).need.nodes, [idOf('i')])
  const known = planOf([...rows, { id: 'i', all: 'f/i/' }])
  t.deepEqual(wordsOf(known), ['detach x', 'detach f', 'attach f b/d after 0,1', 'attach x g/e after 0,2'])
})

test('SEC-48 a parent nobody knows of, or that is a file, hides what is below it: nothing is done, and it is asked for once', (t) => {
  for (const parent of [{ id: 'd' }, { id: 'd', all: '/d=1' }, { id: 'd', s: '/d=1', l: '/d=1', tombstone: 4 }]) {
    const rows: Row[] = [
      parent,
      { id: 'a', r: 'd/a=1' },
      { id: 'e', s: '/e/', l: '/e/', r: 'd/e/' },
      { id: 'f', s: 'e/f=1', l: 'e/f=1', r: 'e/f=2' },
    ]
    const found = planOf(rows)
    t.deepEqual(found.need.nodes, [])
    t.deepEqual(
      wordsOf(found).filter((words) => !words.endsWith(' d')),
      [],
    )
  }
})

test('a plan is a pure function: the same view, the same plan, in whatever order the rows come', (t) => {
  for (const { rows, given } of CASES) t.deepEqual(planOf(rows, given), planOf([...rows].reverse(), given))
})

test('no plan names a node what no node may be called', (t) => {
  for (const { rows, given } of CASES) {
    for (const operation of planOf(rows, given).operations) {
      if (operation.type === 'aside' || operation.type === 'move' || operation.type === 'attach')
        t.is(nameTrouble(operation.to.name), null)
    }
  }
})
