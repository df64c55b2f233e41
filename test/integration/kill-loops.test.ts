/**
 * Programs killed with SIGKILL while a transfer, a commit or an apply is open, and started again: the short form of
 * `npm run prove:kill`, with the same parts.
 */

import test from 'ava'
import { killLoop } from '../../scripts/kill/kill-loop.js'
import { faults, table } from '../../scripts/kill/report.js'

const SEED = 20_261
const PATIENCE_MS = 420_000
/** Of thirty kills; of hundreds it is more. */
const LEAST_SHARE = 0.6

test('INV-01, INV-02, INV-08, INV-09: 24 clients and 6 servers killed at work: nothing lost, nothing stray, no hand needed', async (t) => {
  t.timeout(PATIENCE_MS)
  const ending = new AbortController()
  t.teardown(() => ending.abort())
  const figures = await killLoop({ clients: 24, servers: 6, seed: SEED, restEvery: 10, signal: ending.signal })
  t.log(table(figures, SEED))
  t.deepEqual(faults(figures, LEAST_SHARE), [])
  t.is(figures.kills.length, 30)
})
