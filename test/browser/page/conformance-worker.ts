/** The conformance suites in a worker: runs the trial whose title it is sent, and sends back how it ended. */

import { WORKER_REGISTRIES } from './registries.js'
import { endOf, trialsIn } from './registry-trials.js'

const all = trialsIn(WORKER_REGISTRIES)

globalThis.addEventListener('message', ({ data }: MessageEvent<string>) => {
  const trial = all.find(({ title }) => title === data)
  if (trial === undefined) throw new RangeError(`no trial in this worker is called '${data}'`)
  void endOf(trial).then((end) => globalThis.postMessage(end))
})
