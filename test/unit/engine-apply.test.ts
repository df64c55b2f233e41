/**
 * `apply(plan)`: exactly the operations of the plan, and of these only what both sides still allow (DESIGN 3.3, A7).
 * What was done is recorded from outside: the commits that the server was asked for, and the changes told by events.
 */

import test, { type ExecutionContext } from 'ava'
import { MEDDLING, PLANNED } from './engine-apply.table.js'
import { deedsOf, deedsSeen, everything, planned } from './engine-apply-world.js'
import { offline, type TestDevice, twoDevices } from './engine-world.js'

test('A7 what is done is what was planned: commits and changes as recorded from outside, none more, none less', async (t) => {
  const { world, a, b } = await everything()
  const record = await planned(world, a)
  t.true(record.plan.operations.length > 12)
  const before = a.tree()
  await world.pass(5_000)
  t.deepEqual(a.tree(), before, 'a plan changes nothing')
  const report = await world.run(a.engine.apply(record.plan))
  t.deepEqual(report.dropped, [])
  t.deepEqual(report.done, record.plan.operations)
  t.deepEqual(deedsSeen(a, record), deedsOf(record.plan.operations))
  t.is(report.conflicts.length, 1)
  t.is(report.conflicts[0]?.path, 'both')
  t.is(a.engine.status.state, 'stopped', 'it was not running, and is closed again')
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
  t.is(Object.values(a.tree()).filter((content) => content.startsWith('both by')).length, 2)
})

test('A7 what came up after the plan waits for the next one', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('planned', '1')
  const { plan } = await planned(world, a)
  a.write('later', '2')
  b.write('from B', '3')
  await b.sync()
  const report = await world.run(a.engine.apply(plan))
  t.deepEqual([report.done, report.dropped], [plan.operations, []])
  t.deepEqual(a.tree(), { later: '2', planned: '1' })
  await b.sync()
  t.deepEqual(b.tree(), { 'from B': '3', planned: '1' })
})

/** The same story told without a plan in between: what a plain sync makes of it is right. */
async function told(
  row: (typeof PLANNED)[number],
  meddle: { readonly meddling: string; readonly side: 'here' | 'there'; readonly deed: (device: TestDevice) => void },
  how: 'apply' | 'sync',
  t: ExecutionContext,
): Promise<Record<string, string>> {
  const { world, a, b } = await twoDevices()
  for (const path of ['subject', 'bystander 1', 'bystander 2']) a.write(path, `${path} 0`)
  await world.converge(a, b)
  row.b?.(b)
  b.write('bystander 1', 'by B')
  await b.sync()
  row.a?.(a)
  a.write('bystander 2', 'by A')
  await world.pass(5_000)
  const record = await planned(world, a)
  if (meddle.side === 'here') meddle.deed(a)
  else {
    meddle.deed(b)
    await b.sync()
  }
  if (how === 'apply') {
    a.requests = []
    const before = Object.values(a.tree())
    const report = await world.run(a.engine.apply(record.plan))
    t.is(report.dropped.length > 0, !row.holds.includes(`${meddle.meddling} ${meddle.side}`))
    t.true(report.dropped.every(({ reason }) => reason === 'moved' || reason === 'depends'))
    t.deepEqual(deedsSeen(a, record), deedsOf(report.done), 'what was done is a part of the plan')
    t.is(report.done.length + report.dropped.length, record.plan.operations.length)
    t.is(a.tree()['bystander 1'], 'by B', 'what nobody touched is done here')
    t.true(
      deedsSeen(a, record).some((deed) => deed.startsWith('commit') && deed.includes('update')),
      'and there',
    )
    for (const content of before.filter((found) => found.includes('in between')))
      t.true(Object.values(a.tree()).includes(content), 'never overwritten')
  }
  await world.converge(a, b)
  t.deepEqual(a.tree(), b.tree())
  return a.tree()
}

for (const row of PLANNED) {
  for (const { meddling, deed } of MEDDLING) {
    for (const side of ['here', 'there'] as const) {
      const meddle = deed(row[side], row.target)
      if (meddle === null) continue
      const fate = row.holds.includes(`${meddling} ${side}`) ? 'still right' : 'dropped'
      test(`A7 INV-18 planned: ${row.planned}; then ${meddling} ${side}: ${fate}, and the end is that of a plain sync`, async (t) => {
        const applied = await told(row, { meddling, side, deed: meddle }, 'apply', t)
        t.deepEqual(applied, await told(row, { meddling, side, deed: meddle }, 'sync', t))
      })
    }
  }
}

// ---- which plans

test('A7 a plan is applied once, by the engine that made it, as the object it is', async (t) => {
  const { world, a } = await twoDevices()
  a.write('one', '1')
  const plan = await world.run(a.engine.plan())
  const refused = { code: 'stale-plan' }
  await t.throwsAsync(a.engine.apply({ ...plan }), refused, 'a copy')
  await t.throwsAsync(world.device('C').engine.apply(plan), refused, 'of another engine')
  await world.run(a.engine.apply(plan))
  await t.throwsAsync(a.engine.apply(plan), refused, 'twice')
  a.write('two', '2')
  const second = await world.run(a.engine.plan())
  a.restart()
  await t.throwsAsync(a.engine.apply(second), refused, 'of the process before')
  t.deepEqual(a.asked(), [], 'nobody was asked anything')
})

test('A7 a running engine applies a plan that it has not overtaken, and drops one that it has', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('one', '1')
  const early = await world.run(a.engine.plan())
  await a.start()
  await world.pass(10_000)
  const report = await world.run(a.engine.apply(early))
  t.deepEqual(report.done, [])
  t.deepEqual(
    report.dropped.map(({ type, paths, reason }) => ({ type, paths, reason })),
    [{ type: 'commit', paths: ['one'], reason: 'moved' }],
  )
  await b.sync()
  t.deepEqual(b.tree(), { one: '1' })
  t.is(a.engine.status.state, 'synced')
  await a.stop()
})

test('A7 offline: nothing was done, and the plan is good for another try', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('one', '1')
  const plan = await world.run(a.engine.plan())
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw offline()
  }
  await t.throwsAsync(world.run(a.engine.apply(plan)), { code: 'offline' })
  a.onStep = () => undefined
  t.deepEqual((await world.run(a.engine.apply(plan))).done, plan.operations)
  await b.sync()
  t.deepEqual(b.tree(), { one: '1' })
})

test('A7 the server goes away after the last operation: what was done is told, and the status says the rest', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const path of ['one', 'two']) a.write(path, `${path} 0`)
  await world.converge(a, b)
  for (const path of ['one', 'two']) a.write(path, `${path} by A`)
  const plan = await world.run(a.engine.plan())
  const states: string[] = []
  a.engine.on('status', ({ state }) => states.push(state))
  let gone = false
  a.onStep = async ({ seam, call }) => {
    if (gone && seam === 'network') throw offline()
    if (call !== 'commit') return
    gone = true
    b.write('two', 'two by B')
    await b.engine.sync()
  }
  const report = await world.run(a.engine.apply(plan))
  t.deepEqual([report.uploaded, report.done.length], [1, 1])
  t.deepEqual(
    report.dropped.map(({ paths, reason }) => ({ paths, reason })),
    [{ paths: ['two'], reason: 'refused' }],
  )
  t.true(states.includes('offline'))
})

test('A7 cancelled before it began: nothing was done, and the plan is good for another try', async (t) => {
  const { world, a } = await twoDevices()
  a.write('one', '1')
  const plan = await world.run(a.engine.plan())
  const abort = new AbortController()
  abort.abort()
  await t.throwsAsync(world.run(a.engine.apply(plan, { signal: abort.signal })), { code: 'aborted' })
  t.deepEqual((await world.run(a.engine.apply(plan))).done, plan.operations)
})

// ---- guards and resets

test('A7 INV-20 a guard of the plan stays a guard, also when it is confirmed before the plan is applied', async (t) => {
  const { world, a, b } = await twoDevices()
  for (let at = 0; at < 12; at++) a.write(`file ${at}`, `${at}`)
  a.write('stays', 's')
  await world.converge(a, b)
  for (let at = 0; at < 12; at++) a.remove(`file ${at}`)
  a.write('stays', 's2')
  const plan = await world.run(a.engine.plan())
  t.is(plan.guards[0]?.id, 'mass-delete:up')
  const report = await world.run(a.engine.apply(plan))
  t.deepEqual([report.done.length, report.dropped, report.guards[0]?.id], [1, [], 'mass-delete:up'])
  t.is(a.engine.status.pending, 12)
  await b.sync()
  t.is(Object.keys(b.tree()).length, 13)

  await a.start()
  await world.pass(10_000)
  const again = await world.run(a.engine.plan())
  const confirmed: Promise<void>[] = []
  a.onStep = () => {
    a.onStep = () => undefined
    confirmed.push(a.engine.confirm('mass-delete:up'))
  }
  const second = await world.run(a.engine.apply(again))
  await Promise.all(confirmed)
  t.deepEqual([second.done, second.dropped, second.uploaded], [[], [], 0], 'the deletes are not in this plan')
  await world.pass(10_000)
  t.deepEqual([confirmed.length, a.engine.status.state], [1, 'synced'], 'the running engine does what was confirmed')
  await a.stop()
})

test('A7 INV-20 deletes that are too many by now are dropped from a plan that was made before', async (t) => {
  const { world, a, b } = await twoDevices()
  for (let at = 0; at < 12; at++) a.write(`file ${at}`, `${at}`)
  await world.converge(a, b)
  for (let at = 0; at < 6; at++) a.remove(`file ${at}`)
  const plan = await world.run(a.engine.plan())
  t.deepEqual([plan.guards, plan.operations.length], [[], 6])
  for (let at = 6; at < 11; at++) a.remove(`file ${at}`)
  const report = await world.run(a.engine.apply(plan))
  t.deepEqual([report.done, new Set(report.dropped.map(({ reason }) => reason))], [[], new Set(['guarded'])])
  t.is(report.guards[0]?.id, 'mass-delete:up')
  await b.sync()
  t.is(Object.keys(b.tree()).length, 12)
})

test('A7 another server under the same name since the plan: what it lacks is dropped, nothing is deleted', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const path of ['one', 'two']) a.write(path, path)
  await world.converge(a, b)
  b.remove('one')
  await b.sync()
  a.write('two', 'two by A')
  const plan = await world.run(a.engine.plan())
  t.deepEqual(plan.operations.map(({ type }) => type).sort(), ['commit', 'remove'])
  world.server = world.newServer()
  await world.server.server.open()
  const report = await world.run(a.engine.apply(plan))
  t.deepEqual(report.done, [])
  t.deepEqual(a.tree(), { one: 'one', two: 'two by A' })
})
