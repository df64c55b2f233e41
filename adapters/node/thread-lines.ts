/** The two ends of a line between threads of Node. */

import type { MessagePort, Worker } from 'node:worker_threads'
import type { StartedThread, ThreadLine } from '../shared/thread-line.js'

export function startedThread<In, Out>(worker: Worker): StartedThread<In, Out> {
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    listen: (hear) => void worker.on('message', hear),
    onLost: (lost) => {
      worker.on('error', (error) => lost(error))
      worker.on('exit', () => lost(null))
    },
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end: async () => {
      await worker.terminate()
    },
  }
}

export function threadLine<In, Out>(port: MessagePort): ThreadLine<In, Out> {
  return {
    post: (message, transfer = []) => port.postMessage(message, transfer),
    listen: (hear) => void port.on('message', hear),
  }
}
