/** What the engine writes to this disk is known as its own: it is neither looked into again nor sent back (INV-05). */

import test from 'ava'
import { ROOT, twoDevices } from './engine-world.js'

test('INV-05 what was brought or replaced here is known as our own: nothing reads it again, nothing goes up', async (t) => {
  const { world, a, b } = await twoDevices()
  for (const content of ['first', 'second, longer']) {
    a.write('dir/f', content)
    await a.sync()
    await world.pass(60_000)
    const { uploaded, downloaded } = await b.sync()
    t.deepEqual([uploaded, downloaded > 0], [0, true])
    t.deepEqual(
      b.steps.filter(({ call, path }) => call === 'read' && path === `${ROOT}/dir/f`),
      [],
      content,
    )
    t.like(b.tree(), { 'dir/f': content })
  }
})
