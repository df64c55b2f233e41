/**
 * A few worker threads, started when the first task comes and let go with the process. One task at a time each. A pool
 * that cannot start says so once, and its owner does the work itself.
 */

import type { Worker } from 'node:worker_threads'
import { TidemarkError } from '../../src/index.js'
import { startThread } from './start-thread.js'
import type { WorkerAnswer, WorkerTask } from './worker-tasks.js'

interface Job {
  readonly task: WorkerTask
  readonly resolve: (answer: WorkerAnswer) => void
  readonly reject: (error: Error) => void
}

interface Seat {
  readonly worker: Worker
  ready: boolean
  job: Job | null
}

/** The pool is of no use (any more): run the task in this thread. */
export class NoWorkers extends Error {}

export class WorkerPool {
  /** The most threads. */
  readonly size: number
  readonly #seats = new Set<Seat>()
  readonly #queue: Job[] = []
  #state: 'fresh' | 'running' | 'broken' = 'fresh'

  constructor(size: number) {
    this.size = size
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  /** @throws NoWorkers; closed, when the folder is closed while it runs */
  run(task: WorkerTask): Promise<WorkerAnswer> {
    if (this.#state === 'broken') return Promise.reject(new NoWorkers())
    this.#state = 'running'
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject })
      this.#dispatch()
    })
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const seat = [...this.#seats].find((candidate) => candidate.ready && candidate.job === null)
      if (seat === undefined) break
      seat.job = this.#queue.shift()!
      seat.worker.ref()
      seat.worker.postMessage(seat.job.task)
    }
    const starting = [...this.#seats].filter((seat) => !seat.ready).length
    if (this.#queue.length > starting && this.#seats.size < this.size) this.#start()
  }

  #start(): void {
    let worker: Worker
    try {
      worker = startThread('folder-worker')
    } catch {
      this.#break()
      return
    }
    const seat: Seat = { worker, ready: false, job: null }
    this.#seats.add(seat)
    worker.on('message', (message: WorkerAnswer | { readonly kind: 'ready' }) => this.#take(seat, message))
    const lost = (): void => {
      if (this.#seats.has(seat)) this.#break()
    }
    worker.on('error', lost)
    worker.on('exit', lost)
  }

  #take(seat: Seat, message: WorkerAnswer | { readonly kind: 'ready' }): void {
    if (message.kind === 'ready') {
      seat.ready = true
    } else {
      const job = seat.job
      seat.job = null
      job?.resolve(message)
    }
    // A thread that waits for work keeps no process alive.
    if (seat.job === null) seat.worker.unref()
    this.#dispatch()
  }

  #break(): void {
    this.#state = 'broken'
    for (const job of this.#takeJobs()) job.reject(new NoWorkers())
    for (const seat of this.#seats) void seat.worker.terminate()
    this.#seats.clear()
  }

  #takeJobs(): readonly Job[] {
    const running = [...this.#seats].flatMap((seat) => (seat.job === null ? [] : [seat.job]))
    return [...running, ...this.#queue.splice(0)]
  }

  /** Ends what runs with `closed`. The next task starts anew: a folder may be opened again. */
  async close(): Promise<void> {
    const seats = [...this.#seats]
    const jobs = this.#takeJobs()
    this.#seats.clear()
    this.#state = 'fresh'
    for (const job of jobs) job.reject(closed())
    await Promise.all(seats.map((seat) => seat.worker.terminate()))
  }
}

function closed(): TidemarkError {
  return new TidemarkError('closed', 'The folder was closed while it worked', { subject: 'folder' })
}
