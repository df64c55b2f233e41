/** P16: one server process with a thousand idle hint channels and fifty writers that commit at a steady pace. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type * as node from 'tidemark/node'
import { ended, endsWithUs } from './children.js'
import { percentile } from './live-edits.js'
import { Writer } from './load-writer.js'
import { PASSWORD, startServer } from './ours.js'
import { type Outcome, outcomeOf } from './outcome.js'
import type { Probe, ProbeContext } from './probe.js'
import { KIB } from './trees.js'

const PROGRAM = join(import.meta.dirname, 'load-process.ts')
/** A user has at most 64 channels. */
const USERS = 20
const CHANNELS = 50
const SUBSCRIBERS = USERS * CHANNELS
const WRITERS = 50
const COMMITS = 1_500
/** From one commit of a writer to its next; their turns lie evenly within it. */
const PACE_MS = 500
/** What a server has taken for a moment is given back by then. */
const REST_MS = 5_000

export const LOAD: Probe = {
  id: 'P16',
  title: `${SUBSCRIBERS.toLocaleString('en')} idle subscribers and ${WRITERS} writers on one server`,
  async run(context) {
    const { server, port } = await startServer(context.checkout, join(context.directory, 'server'))
    const url = `http://127.0.0.1:${port}/sync`
    let idle: ChildProcess | null = null
    try {
      const tokens = await registered(context, url)
      const made = await warmWriters(context, url, tokens)
      await sleep(REST_MS)
      const before = residentOf(server)
      idle = await subscribed(context, url, tokens)
      await sleep(REST_MS)
      const after = residentOf(server)
      const spans = await committed(made)
      for (const one of made) await one.close()
      return told(context, spans, before === null || after === null ? null : (after - before) / SUBSCRIBERS)
    } finally {
      if (idle !== null) await ended(idle)
      await ended(server)
    }
  },
}

function told({ tell }: ProbeContext, spans: readonly number[], bytesEach: number | null): readonly Outcome[] {
  const [p50, p99, most] = [percentile(spans, 0.5), percentile(spans, 0.99), Math.max(...spans)]
  const each = bytesEach === null ? null : bytesEach / KIB
  tell(
    `${spans.length.toLocaleString('en')} commits: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, at most ${most.toFixed(1)} ms; ` +
      `${each?.toFixed(1) ?? '?'} KiB of the server for each idle subscriber`,
  )
  return [
    outcomeOf({ id: 'P16', what: 'p99 of a commit in ms', must: 250, goal: 50 }, p99),
    outcomeOf({ id: 'P16', what: 'KiB resident for an idle subscriber', must: 50, goal: 20 }, each),
  ]
}

/** One token for each user. */
async function registered({ checkout }: ProbeContext, url: string): Promise<readonly string[]> {
  const { accountClient } = (await import(resolve(checkout, 'dist/node.js'))) as typeof node
  const client = accountClient({ url })
  const tokens: string[] = []
  for (let user = 0; user < USERS; user++) {
    const { token } = await client.register({ name: `user-${user}`, password: PASSWORD, device: 'bench' })
    tokens.push(token)
  }
  await client.close()
  return tokens
}

/** Each has committed once: what a server needs for the first commit of a workspace is no matter of its subscribers. */
async function warmWriters(
  { checkout, seed }: ProbeContext,
  url: string,
  tokens: readonly string[],
): Promise<readonly Writer[]> {
  const made: Writer[] = []
  for (let at = 0; at < WRITERS; at++) {
    const one = await Writer.open({ checkout, url, token: tokens[at % USERS] ?? '', workspace: `work-${at}`, seed })
    await one.commit()
    made.push(one)
  }
  return made
}

/** In a process of its own, so that its sockets are not in the way of the writers. */
async function subscribed({ checkout }: ProbeContext, url: string, tokens: readonly string[]): Promise<ChildProcess> {
  const args = ['--import', 'tsx', PROGRAM, checkout, url, String(CHANNELS)]
  const child = endsWithUs(spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }))
  await once(child, 'message')
  child.send(tokens)
  const [said] = (await once(child, 'message')) as [unknown]
  if (said !== 'open') throw new Error(`the subscribers: ${String(said)}`)
  return child
}

/** Milliseconds of each commit. A writer whose commit takes longer than its pace goes on at once. */
async function committed(made: readonly Writer[]): Promise<readonly number[]> {
  const began = performance.now()
  const rounds = COMMITS / WRITERS
  const spans = await Promise.all(
    made.map(async (one, at) => {
      const own: number[] = []
      for (let round = 0; round < rounds; round++) {
        const due = began + (round + at / WRITERS) * PACE_MS
        await sleep(Math.max(0, due - performance.now()))
        own.push(await one.commit())
      }
      return own
    }),
  )
  return spans.flat()
}

/** Bytes; null where the system does not tell. */
function residentOf({ pid }: ChildProcess): number | null {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * KIB
  } catch {
    return null
  }
}
