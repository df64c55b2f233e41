/** The two ends of a line between a page and its worker. */

import type { Clock } from '../../src/index.js'
import type { StartedThread, ThreadLine } from '../shared/thread-line.js'

/** A script that is loaded and is not ours never says a word. Far longer than a slow network takes to load one, milliseconds. */
const SILENT_MS = 30_000

/** A browser does not tell when a worker has ended, nor that it runs something else. */
export function startedWorker<In, Out>(worker: Worker, clock: Clock): StartedThread<In, Out> {
  const heard = new AbortController()
  worker.addEventListener('message', () => heard.abort(), { once: true })
  return {
    post: (message, transfer = []) => worker.postMessage(message, [...transfer]),
    listen: (hear) => worker.addEventListener('message', ({ data }: MessageEvent<In>) => hear(data)),
    onLost: (lost) => {
      worker.addEventListener('error', (event) => {
        // Told here: the page would have it as an error of its own.
        event.preventDefault()
        lost(new Error(event.message === '' ? 'the worker could not be loaded' : event.message))
      })
      worker.addEventListener('messageerror', () => lost(new Error('a message of the worker could not be read')))
      const silent = (): void => lost(new Error('the worker was loaded, and said nothing'))
      clock.sleep(SILENT_MS, { signal: heard.signal }).then(silent, () => {})
    },
    // A page lives as long as it is open.
    hold: () => {},
    end: async () => {
      heard.abort()
      worker.terminate()
    },
  }
}

/** What a worker calls to speak to its page. */
export interface WorkerScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void
  addEventListener(type: 'message', hear: (event: MessageEvent) => void): void
}

export function workerLine<In, Out>(scope: WorkerScope): ThreadLine<In, Out> {
  return {
    post: (message, transfer = []) => scope.postMessage(message, [...transfer]),
    listen: (hear) => scope.addEventListener('message', ({ data }: MessageEvent<In>) => hear(data)),
  }
}
