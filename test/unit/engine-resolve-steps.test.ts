/** A person's answer to a conflict, cut off or met by an edit on the way: one outcome, and nothing lost. */

import test from 'ava'
import { type ConflictChoice, isTidemarkError } from '../../src/index.js'
import { conflicted } from './conflict-world.js'
import { offline, type TestDevice } from './engine-world.js'

const CONTENTS: Readonly<Record<ConflictChoice, readonly string[]>> = {
  mine: ['k', 'of B, longer'],
  theirs: ['k', 'of A'],
  both: ['k', 'of A', 'of B, longer'],
}
const contents = (device: TestDevice): readonly string[] => Object.values(device.tree()).sort()

for (const choice of ['mine', 'theirs', 'both'] as const) {
  test(`INV-10 resolve '${choice}', killed after each request of it: asked again, one outcome`, async (t) => {
    for (let at = 0; ; at++) {
      const { world, a, b, copy } = await conflicted('f')
      const before = a.engine.status.known?.sequence ?? 0
      let asked = 0
      const killed = new Promise<string>((ended) => {
        b.onAnswered = () => {
          if (asked++ !== at) return
          b.kill()
          ended('killed')
          throw offline()
        }
      })
      const outcome = await world.run(
        Promise.race([killed, b.engine.conflicts.resolve(copy, choice).then(() => 'done')]),
      )
      if (outcome === 'done') {
        t.true(at >= 1)
        break
      }
      b.restart()
      await world.run(b.engine.conflicts.resolve(copy, choice))
      await world.converge(b, a)
      t.deepEqual(contents(a), CONTENTS[choice], `cut at ${at}`)
      t.deepEqual(contents(b), CONTENTS[choice], `cut at ${at}`)
      t.is((a.engine.status.known?.sequence ?? 0) - before, choice === 'mine' ? 2 : 1, `cut at ${at}`)
    }
  })

  for (const side of ['file', 'copy'] as const) {
    test(`INV-02 resolve '${choice}', the ${side} edited at every seventh step of it and of the cycle after: nothing is lost`, async (t) => {
      let met = 0
      for (let at = 0; ; at += 7) {
        const { world, a, b, copy } = await conflicted('f')
        await world.pass(10_000)
        b.steps = []
        let edited = false
        b.onStep = () => {
          if (edited || b.steps.length < at) return
          edited = true
          b.write(side === 'file' ? 'f' : copy, 'my edit')
        }
        try {
          await world.run(b.engine.conflicts.resolve(copy, choice))
        } catch (error) {
          if (!isTidemarkError(error) || error.code !== 'stale') throw error
        }
        await world.run(b.engine.sync())
        b.onStep = () => undefined
        if (!edited) {
          t.true(met > 5, `${met} steps`)
          break
        }
        met += 1
        await world.pass(10_000)
        await world.converge(b, a, b)
        t.true(contents(b).includes('my edit'), `edited at step ${at}: ${JSON.stringify(b.tree())}`)
        t.deepEqual(a.tree(), b.tree())
      }
    })
  }
}
