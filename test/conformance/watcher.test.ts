import test from 'ava'
import { memoryWatcher } from '../../adapters/shared/memory-watcher.js'
import { runSuite } from './run-suite.js'
import { WATCHERS } from './watcher.registry.js'

runSuite('Watcher', WATCHERS)

test('memoryWatcher: WATCH-1, WATCH-2, WATCH-5 it says what it is told to, between start and stop', async (t) => {
  const watcher = memoryWatcher()
  const said: unknown[] = []
  watcher.raise(['before'])
  await watcher.start({ onPaths: (paths) => said.push(paths), onUnknown: (reason) => said.push(reason) })
  watcher.raise(['a', 'b/c'])
  watcher.lose('queue overflow')
  await watcher.stop()
  await watcher.stop()
  watcher.raise(['after'])
  t.deepEqual(said, [['a', 'b/c'], 'queue overflow'])
})
