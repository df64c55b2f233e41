/**
 * Counters of a server for Prometheus, in a registry of their own. Labels are request types, outcomes and the like, from
 * closed lists: no name of a user, workspace, device or file ever becomes one.
 */

import { createRequire } from 'node:module'
import type * as PromClient from 'prom-client'
import { TidemarkError } from '../../src/index.js'
import type { Maintained, Observer } from '../../src/server/index.js'

/** Counters of one server process, and the places where they are hooked in. */
export interface PromMetrics {
  /** For `new SyncServer({ observer })`. */
  readonly observer: Observer
  /** For `remoteStore({ onMaintained })`. */
  readonly onMaintained: (round: readonly Maintained[]) => void
  /** What `/metrics` answers. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>
}

const SECONDS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

function loadPromClient(): typeof PromClient {
  try {
    return createRequire(import.meta.url)('prom-client') as typeof PromClient
  } catch (cause) {
    throw new TidemarkError('missing-package', 'metrics need prom-client: run `npm install prom-client`', {
      subject: 'prom-client',
      next: 'npm install prom-client',
      cause,
    })
  }
}

/** @throws missing-package */
export function promMetrics(): PromMetrics {
  const prom = loadPromClient()
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry, prefix: 'tidemark_' })
  return {
    observer: requestMetrics(prom, registry),
    onMaintained: maintenanceMetrics(prom, registry),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  }
}

function requestMetrics({ Counter, Gauge, Histogram }: typeof PromClient, registry: PromClient.Registry): Observer {
  const registers = [registry]
  const labelNames = ['type', 'outcome'] as const
  const requests = new Counter({ name: 'tidemark_requests_total', help: 'Requests answered.', labelNames, registers })
  const seconds = new Histogram({
    name: 'tidemark_request_seconds',
    help: 'From the frame to its answer.',
    labelNames: ['type'] as const,
    buckets: SECONDS,
    registers,
  })
  const received = new Counter({ name: 'tidemark_received_bytes_total', help: 'Bytes of frames that came.', registers })
  const sent = new Counter({ name: 'tidemark_sent_bytes_total', help: 'Bytes of answers.', registers })
  const running = new Gauge({ name: 'tidemark_requests_running', help: 'Requests at work now.', registers })
  const hints = new Counter({ name: 'tidemark_hints_total', help: 'Hints handed to subscribers.', registers })
  const subscribers = new Gauge({ name: 'tidemark_hint_subscribers', help: 'Hint channels open now.', registers })
  return {
    request(bytes) {
      received.inc(bytes)
      running.inc()
      const stop = seconds.startTimer()
      return ({ type, outcome, sent: answer }) => {
        stop({ type })
        running.dec()
        sent.inc(answer)
        requests.inc({ type, outcome })
      }
    },
    hint: () => hints.inc(),
    subscribers: (count) => subscribers.set(count),
  }
}

function maintenanceMetrics(
  { Counter, Gauge }: typeof PromClient,
  registry: PromClient.Registry,
): (round: readonly Maintained[]) => void {
  const registers = [registry]
  const counter = (name: string, help: string) => new Counter({ name: `tidemark_${name}`, help, registers })
  const gauge = (name: string, help: string) => new Gauge({ name: `tidemark_${name}`, help, registers })
  const rounds = counter('maintenance_rounds_total', 'Rounds of retention and garbage collection.')
  const failures = counter('maintenance_failures_total', 'Workspaces that a round could not look after.')
  const removed = counter('gc_removed_chunks_total', 'Chunks removed.')
  const removedBytes = counter('gc_removed_bytes_total', 'Bytes of chunks removed.')
  const returned = counter('gc_returned_bytes_total', 'Bytes given back to the disk.')
  const workspaces = gauge('workspaces', 'Workspaces, as of the last round.')
  const chunks = gauge('chunks', 'Chunks held, as of the last round.')
  const unnamed = gauge('unnamed_bytes', 'Bytes of chunks that nothing names, as of the last round.')
  const stored = gauge('stored_bytes', 'Bytes that chunks take on the disk, as of the last round.')
  return (round) => {
    const done = round.flatMap(({ collected }) => collected ?? [])
    const sum = (figure: (one: (typeof done)[number]) => number): number =>
      done.reduce((total, one) => total + figure(one), 0)
    rounds.inc()
    failures.inc(round.filter(({ failure }) => failure !== null).length)
    workspaces.set(round.length)
    chunks.set(sum((one) => one.chunks - one.removed.chunks))
    unnamed.set(sum(({ unnamed: of, removed: gone }) => of.bytes - gone.bytes))
    removed.inc(sum((one) => one.removed.chunks))
    removedBytes.inc(sum((one) => one.removed.bytes))
    stored.set(sum((one) => one.stored?.after ?? 0))
    returned.inc(sum(({ stored: of }) => (of === null ? 0 : Math.max(0, of.before - of.after))))
  }
}
