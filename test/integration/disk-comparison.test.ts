/** The simulated disk against the disk of this machine: the same calls, the same answers, the same error codes. */

import { tmpdir } from 'node:os'
import test from 'ava'
import { fill } from '../../scripts/disks/fill.js'
import { compareSequences, simulated, WANTED_CODES } from '../../scripts/disks/sides.js'

/** File systems that compare names byte by byte, and error codes of Linux. */
const compared = process.platform === 'linux' ? test : test.skip
const why = process.platform === 'linux' ? '' : ' (capability: the simulated disk answers as Linux does)'

compared(`300 sequences of calls end alike on the simulated disk and on this one${why}`, async (t) => {
  const { calls, codes, differences } = await compareSequences(tmpdir(), 50_001, 300)
  t.deepEqual(differences, [])
  t.true(calls > 300 * 20)
  t.deepEqual(
    WANTED_CODES.filter((code) => !codes.has(code)),
    [],
    'every error code was met',
  )
})

test('a simulated disk that is full refuses with ENOSPC, tears nothing but what is written, and takes things again', async (t) => {
  for (let seed = 1; seed <= 10; seed++) {
    const disk = simulated({ capacityBytes: 2 ** 20 })
    disk.user.mkdir('/full')
    const { faults, refused, partial } = await fill(disk, '/full', 2 ** 20, seed)
    t.deepEqual(faults, [])
    t.true((refused.get('write ENOSPC') ?? 0) > 1)
    t.true(partial > 0)
    t.true(disk.usedBytes <= 2 ** 20)
  }
})
