/** Scripts of simulated worlds: drawn the same for the same seed, cut down to what fails, and wrong options named. */

import test from 'ava'
import { drawScript, FAULTS, type Script, simulate } from '../../adapters/simulation/index.js'
import { shrink } from '../../adapters/simulation/shrink.js'

const count = ({ phases }: Script): number =>
  phases.reduce((sum, { users, faults }) => sum + users.length + faults.length, 0)

test('equal options draw equal scripts, other seeds others', (t) => {
  t.deepEqual(drawScript({ seed: 7 }), drawScript({ seed: 7 }))
  t.notDeepEqual(drawScript({ seed: 7 }).phases, drawScript({ seed: 8 }).phases)
  const script = drawScript({ seed: 7, devices: 4, steps: 12, faults: {} })
  t.is(script.devices, 4)
  t.is(
    script.phases.reduce((sum, { users }) => sum + users.length, 0),
    12,
  )
  t.is(
    script.phases.reduce((sum, { faults }) => sum + faults.length, 0),
    0,
  )
})

test('every fault is drawn, and those without a weight never', (t) => {
  const drawn = (faults?: object): ReadonlySet<string> =>
    new Set(
      Array.from({ length: 400 }, (_, seed) =>
        drawScript({ seed, ...(faults === undefined ? {} : { faults }) }),
      ).flatMap(({ phases }) => phases.flatMap(({ faults: steps }) => steps.map(({ fault }) => fault))),
    )
  t.deepEqual([...drawn()].sort(), [...FAULTS].sort())
  t.deepEqual([...drawn({ deaf: 1, kill: 0 })], ['deaf'])
})

test('a script is cut down to the steps that matter, whatever the others were', async (t) => {
  const script = drawScript({ seed: 3 })
  const matters = new Set(
    [script.phases[0]?.users[5], script.phases[1]?.users[2], script.phases[0]?.faults[1]].map((step) =>
      JSON.stringify(step),
    ),
  )
  let runs = 0
  const shortest = await shrink(script, async ({ phases }) => {
    runs += 1
    const steps = phases.flatMap(({ users, faults }) => [...users, ...faults]).map((step) => JSON.stringify(step))
    return [...matters].every((step) => steps.includes(step ?? '')) ? [{ rule: 'INV-02', what: 'lost' }] : []
  })
  t.is(count(shortest), 3)
  t.true(runs < 200, `${runs} runs`)
})

test('a script that breaks another rule when it is cut is not taken for the same', async (t) => {
  const script = drawScript({ seed: 4 })
  const all = count(script)
  const shortest = await shrink(script, async (one) => [{ rule: count(one) === all ? 'INV-02' : 'INV-05', what: '' }])
  t.is(count(shortest), all)
})

for (const [title, options, code, subject] of [
  ['no seed', {}, 'invalid-option', 'seed'],
  ['half a seed', { seed: 0.5 }, 'invalid-option', 'seed'],
  ['nine devices', { seed: 1, devices: 9 }, 'invalid-option', 'devices'],
  ['no steps', { seed: 1, steps: 0 }, 'invalid-option', 'steps'],
  ['an unknown option', { seed: 1, speed: 2 }, 'unknown-option', 'speed'],
  ['an unknown fault', { seed: 1, faults: { flood: 1 } }, 'unknown-option', 'faults.flood'],
] as const) {
  test(`simulate with ${title} is refused by name`, async (t) => {
    const error = await t.throwsAsync(simulate(options as never))
    t.like(error, { code, subject })
  })
}

test('INV-31 a run is the same with its story and without', async (t) => {
  const [quiet, told] = [await simulate({ seed: 11, steps: 20 }), await simulate({ seed: 11, steps: 20, tells: true })]
  t.is(quiet.hash, told.hash)
  t.deepEqual(quiet.story, [])
  t.true(told.story.length > 20)
})
