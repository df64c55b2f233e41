/** A15: a crowd of devices whose server went away and comes back: they ask ever more seldom, each at its own times, and commit once. */

import test from 'ava'
import { EngineWorld, offline, stopped, type TestDevice } from './engine-world.js'

const CROWD = 12
const MINUTE = 60_000
const AWAY_MS = 20 * MINUTE
/** Of the longest pause, in which half is chance: those who come back within it come back together. */
const MOMENT_MS = 2_000

async function crowd(): Promise<{ world: EngineWorld; devices: readonly TestDevice[] }> {
  const world = await EngineWorld.open()
  const devices = Array.from({ length: CROWD }, (_, at) => world.device(`D${at}`))
  for (const device of devices) await device.start()
  await world.pass(10_000)
  return { world, devices }
}

/** Nobody answers. Returns the times at which each device asks, in milliseconds from now on. */
function goneAway(world: EngineWorld, devices: readonly TestDevice[]): ReadonlyMap<TestDevice, number[]> {
  const began = world.clock.monotonic()
  const asked = new Map(devices.map((device) => [device, [] as number[]]))
  for (const device of devices) {
    device.onStep = ({ seam }) => {
      if (seam !== 'network') return
      asked.get(device)?.push(world.clock.monotonic() - began)
      throw offline()
    }
  }
  return asked
}

test('A15 devices of a server that is away ask ever more seldom, and never in step', async (t) => {
  const { world, devices } = await crowd()
  const asked = goneAway(world, devices)
  devices.forEach((device, at) => {
    device.write(`f${at}`, `of ${at}`)
    device.watcher.raise([`f${at}`])
  })
  await world.pass(AWAY_MS)
  for (const [{ name }, times] of asked) {
    const late = times.filter((time) => time > AWAY_MS / 2)
    t.true(late.length >= 5, `${name} goes on asking: ${late.length} times in ten minutes`)
    t.true(times.length <= 250, `${name} asked ${times.length} times in twenty minutes`)
  }
  const moments = new Map<number, Set<string>>()
  for (const [{ name }, times] of asked) {
    for (const time of times.filter((one) => one > AWAY_MS / 2)) {
      const moment = Math.floor(time / MOMENT_MS)
      moments.set(moment, (moments.get(moment) ?? new Set()).add(name))
    }
  }
  const most = Math.max(...[...moments.values()].map((names) => names.size))
  t.true(most <= CROWD / 2, `${most} of ${CROWD} within two seconds`)
  await stopped(...devices)
})

test('INV-10 A15 when it is back each change is committed once, and everybody has everything', async (t) => {
  const { world, devices } = await crowd()
  goneAway(world, devices)
  devices.forEach((device, at) => {
    device.write(`f${at}`, `of ${at}`)
    device.watcher.raise([`f${at}`])
  })
  await world.pass(5 * MINUTE)
  let lost = 0
  devices.forEach((device) => {
    device.onStep = () => undefined
    // the first answer to each commit is lost on its way
    device.onAnswered = (request) => {
      if (request.type !== 'commit' || lost >= CROWD) return
      lost += 1
      throw offline()
    }
  })
  await world.pass(10 * MINUTE)
  t.is(lost, CROWD)
  for (const device of devices) t.deepEqual(device.tree(), devices[0]?.tree())
  t.is(Object.keys(devices[0]?.tree() ?? {}).length, CROWD)
  const heads = await world.server.remote.workspaces({ user: 'ann', device: null })
  t.deepEqual(
    heads.map(({ sequence }) => sequence),
    [CROWD],
    'no change made two revisions',
  )
  await stopped(...devices)
})
