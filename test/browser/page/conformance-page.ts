/** The conformance suites in a page: which trials there are, and how one of them ends. Runs as `globalThis.conformance`. */

import type { Trial } from '../../conformance/case.js'
import { REGISTRIES, WORKER_REGISTRIES } from './registries.js'
import { endOf, type TrialEnd, trialsIn } from './registry-trials.js'

/** One case on one adapter, as plain data. */
export type ToldTrial = Pick<Trial, 'of' | 'adapter' | 'rules' | 'title' | 'lacks' | 'missing'>

const here = trialsIn(REGISTRIES)
const inWorker = trialsIn(WORKER_REGISTRIES)
let worker: Worker | null = null

async function run(title: string): Promise<TrialEnd> {
  // In a task of the page itself: what a test calls from outside may make code of text whatever the policy says.
  await new Promise((resolve) => setTimeout(resolve))
  if (inWorker.some((trial) => trial.title === title)) return runInWorker(title)
  const trial = here.find((one) => one.title === title)
  return trial === undefined ? { ok: false, error: `no trial is called '${title}'` } : endOf(trial)
}

/** One at a time. */
function runInWorker(title: string): Promise<TrialEnd> {
  const at = (worker ??= new Worker('/conformance-worker.js', { type: 'module' }))
  return new Promise((resolve) => {
    at.onmessage = ({ data }: MessageEvent<TrialEnd>) => resolve(data)
    at.onerror = ({ message }) => resolve({ ok: false, error: `the worker failed: ${message}` })
    at.postMessage(title)
  })
}

/** What the policy of the page lets code do. */
async function policy(): Promise<{ readonly codeOfText: boolean; readonly wasm: boolean }> {
  await new Promise((resolve) => setTimeout(resolve))
  const allows = async (make: () => unknown): Promise<boolean> => {
    try {
      await make()
      return true
    } catch {
      return false
    }
  }
  return {
    codeOfText: await allows(() => Reflect.construct(Function, ['return 1'])),
    wasm: await allows(() => WebAssembly.compile(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))),
  }
}

const list = (): readonly ToldTrial[] =>
  [...here, ...inWorker].map(({ of, adapter, rules, title, lacks, missing }) => ({
    of,
    adapter,
    rules,
    title,
    lacks,
    missing,
  }))

Object.assign(globalThis, { conformance: { list, run, policy } })
