/** Entry of a worker thread of the Node folder: takes tasks, answers in order. */

import { parentPort } from 'node:worker_threads'
import { portableHasher } from '../../src/index.js'
import { wasmHasher } from './wasm-hasher.js'
import { TaskRunner, type WorkerTask } from './worker-tasks.js'

const port = parentPort
if (port === null) throw new Error('folder-worker runs as a worker thread only')
// Without WebAssembly the reference is slow, and right.
const hasher = await wasmHasher().catch(() => portableHasher())
const runner = new TaskRunner(hasher)
port.on('message', (task: WorkerTask) => port.postMessage(runner.run(task)))
port.postMessage({ kind: 'ready' })
