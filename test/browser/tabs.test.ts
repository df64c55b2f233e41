/** D3: several tabs of one origin, one engine. */

import { applied, scenes } from './scene.js'

const inBrowser = await scenes('D3 tabs of one origin')

inBrowser(
  'D3 one engine for two tabs: the second sees it, takes over, and nothing is committed twice',
  async (t, scene) => {
    const { tab, name, desk, settings } = scene
    await desk.engine.start()
    const first = await tab()
    await first.call('app', 'share', settings)
    await first.call('app', 'role', 'leader')
    const second = await tab()
    await second.call('app', 'share', settings)
    await second.call('app', 'state', 'synced')
    t.deepEqual([await first.call('app', 'runsHere'), await second.call('app', 'runsHere')], [true, false])

    const fromSecond = applied(desk.engine, 'from the second tab')
    await second.call('app', 'write', name, 'from the second tab', '2')
    await fromSecond
    await second.call('app', 'state', 'synced')

    const since = performance.now()
    await first.close()
    await second.call('app', 'role', 'leader')
    t.log(`the second tab had it after ${Math.round(performance.now() - since)} ms`)
    t.true(await second.call('app', 'runsHere'))
    const afterwards = applied(desk.engine, 'afterwards')
    await second.call('app', 'write', name, 'afterwards', '3')
    await afterwards
    await second.call('app', 'whenSynced')
    t.deepEqual(await desk.tree(), { afterwards: '3', 'from the second tab': '2' })
    t.is((await second.call<{ readonly applied: number }>('app', 'status')).applied, 2, 'a revision for each file')
  },
)

inBrowser('D3 a tab that leaves hands the engine over, and a third may come', async (t, { tab, settings }) => {
  const [first, second] = [await tab(), await tab()]
  await first.call('app', 'share', settings)
  await first.call('app', 'role', 'leader')
  await second.call('app', 'share', settings)
  await first.call('app', 'leave')
  await second.call('app', 'role', 'leader')
  t.false(await first.call('app', 'runsHere'))
  const third = await tab()
  await third.call('app', 'share', settings)
  await third.call('app', 'state', 'synced')
  t.false(await third.call('app', 'runsHere'))
})

inBrowser('a second engine over one folder is refused, and the first goes on', async (t, { tab, name, settings }) => {
  const [first, second] = [await tab(), await tab()]
  await first.call('app', 'start', settings)
  await t.throwsAsync(second.call('app', 'start', settings), { message: /in use by another tab or engine/ })
  await first.call('app', 'write', name, 'f', '1')
  await first.call('app', 'whenSynced')
  t.is((await first.call<{ readonly state: string }>('app', 'status')).state, 'synced')
})
