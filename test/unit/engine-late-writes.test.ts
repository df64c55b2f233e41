/** A program holds a file open across our replace of it, and writes a moment later (INV-02, INV-18, LOCAL-20). */

import test from 'ava'
import { ROOT, type TestDevice, twoDevices } from './engine-world.js'

const LATE = 'late words, written whole'

/** B replaces a file that was changed a moment ago. The program that changed it writes so long after its place is taken. */
async function replacedAndWritten(a: TestDevice, b: TestDevice, seconds: number): Promise<void> {
  const { clock } = b.world
  const handle = b.volume.openSync(`${ROOT}/f`, 'r+')
  a.write('f', 'from elsewhere, longer')
  await a.sync()
  await b.setModified('f', clock.now())
  let written: Promise<void> | null = null
  b.onStep = ({ call, path }) => {
    if (call !== 'link' || path !== `${ROOT}/f`) return
    written ??= clock.sleep(seconds * 1000 + 1).then(() => {
      b.volume.writeSync(handle, LATE)
      b.volume.closeSync(handle)
    })
  }
  await b.start()
  await b.world.run(b.engine.sync())
  if (written === null) throw new Error('not replaced in the order for hot files')
  await b.world.run(written)
}

for (const [title, seconds, copies] of [
  ['at once', 0, 1],
  ['a second later', 1, 1],
  ['when it is waited for no more', 60, 0],
] as const) {
  test(`INV-18 a write through an old handle ${title}: ${copies} conflict copies, nothing stays in the trash`, async (t) => {
    const { world, a, b } = await twoDevices()
    a.write('f', 'old')
    await world.converge(a, b)
    await replacedAndWritten(a, b, seconds)
    await world.pass(20_000)
    await world.run(b.engine.sync())
    await b.stop()
    const beside = Object.entries(b.tree()).filter(([path]) => path !== 'f')
    t.deepEqual(
      beside.map(([, content]) => content),
      Array.from({ length: copies }, () => LATE),
    )
    t.deepEqual(
      b.own('trash').filter((name) => name !== 'index.jsonl'),
      [],
    )
    await a.sync()
    t.deepEqual(a.tree(), b.tree())
    t.is(b.tree()['f'], 'from elsewhere, longer')
  })
}

test('INV-18 a write through an old handle just before a clean stop stands beside the file when the stop is over', async (t) => {
  const { world, a, b } = await twoDevices()
  a.write('f', 'old')
  await world.converge(a, b)
  await replacedAndWritten(a, b, 1)
  await b.stop()
  const beside = Object.entries(b.tree()).filter(([path]) => path !== 'f')
  t.deepEqual(
    beside.map(([, content]) => content),
    [LATE],
  )
  b.restart()
  await world.converge(b, a)
  t.deepEqual(a.tree(), b.tree())
  t.is(Object.keys(b.tree()).length, 2)
})
