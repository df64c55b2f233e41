/** A worker of a page that is not ours says nothing, and the work is not left waiting for it. */

import test from 'ava'
import { startedWorker } from '../../adapters/browser/worker-line.js'
import { type VirtualClock, virtualClock } from '../../adapters/shared/virtual-clock.js'

/** As much of a worker as its page sees. */
class SpokenFor extends EventTarget {
  isEnded = false
  postMessage(): void {}
  terminate(): void {
    this.isEnded = true
  }
  says(data: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  breaks(message: string): void {
    this.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }))
  }
}

async function passes(clock: VirtualClock, ms: number): Promise<void> {
  clock.advance(ms)
  await new Promise((resolve) => setImmediate(resolve))
}

interface Row {
  readonly title: string
  readonly run: (worker: SpokenFor) => void
  readonly afterMs: number
  readonly lost: readonly string[]
}

const SILENT = 'the worker was loaded, and said nothing'
const ROWS: readonly Row[] = [
  { title: 'silent for less than 30 s: it may still be loading', run: () => {}, afterMs: 29_999, lost: [] },
  { title: 'silent for 30 s: lost', run: () => {}, afterMs: 30_000, lost: [SILENT] },
  { title: 'one word: heard, and never lost by silence', run: (w) => w.says('ready'), afterMs: 90_000, lost: [] },
  {
    title: 'not to be loaded: lost at once',
    run: (w) => w.breaks(''),
    afterMs: 0,
    lost: ['the worker could not be loaded'],
  },
  {
    title: 'broken: lost by its own message',
    run: (w) => w.breaks('x is not a function'),
    afterMs: 0,
    lost: ['x is not a function'],
  },
]
for (const { title, run, afterMs, lost } of ROWS) {
  test(`a worker that is ${title}`, async (t) => {
    const [worker, clock, told] = [new SpokenFor(), virtualClock(), [] as string[]]
    const line = startedWorker(worker as unknown as Worker, clock)
    line.listen(() => {})
    line.onLost((cause) => told.push(cause?.message ?? ''))
    run(worker)
    await passes(clock, afterMs)
    t.deepEqual(told, lost)
    await line.end()
    t.true(worker.isEnded)
    await passes(clock, 60_000)
    t.deepEqual(told, lost)
  })
}
