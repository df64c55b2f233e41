/**
 * `npm run prove:kill`: one server and three watched folders on real disks, a user at work in all of them, and `kill -9`
 * while a transfer, a commit or an apply is open (INV-01, INV-02, INV-08, INV-09). Prints what it found; fails when
 * anything is lost, stray, unequal or needs a person, or when too many kills found nothing open.
 *   --clients <n>   kills of a client (default 500)    --servers <n>   of the server (default 200)
 *   --seed <n>      other moments and other steps      --json          one JSON line for each kill, rest and the end
 */

import { parseArgs } from 'node:util'
import { killLoop } from './kill/kill-loop.js'
import { faults, summary, table } from './kill/report.js'

const REST_EVERY = 20
const INTERRUPTED = 130

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '500' },
    servers: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed)
const total = Number(values.clients) + Number(values.servers)

function say(event: string, words: string, data: object): void {
  console.log(values.json ? JSON.stringify({ event, ...data }) : words)
}

async function main(): Promise<number> {
  const ending = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort())
  try {
    const figures = await killLoop({
      clients: Number(values.clients),
      servers: Number(values.servers),
      seed,
      restEvery: REST_EVERY,
      signal: ending.signal,
      onKill: (kill, done) =>
        say(
          'kill',
          `${(performance.now() / 1000).toFixed(1)} s: ${done}/${total} ${kill.name}: aimed at ${kill.aim}, found ${kill.phase}`,
          { done, ...kill },
        ),
      onRest: (found, done) =>
        say(
          'rest',
          `${(performance.now() / 1000).toFixed(1)} s: rest after ${done} kills: ${found.files} contents, ${found.lost.length} lost`,
          { done, ...found },
        ),
    })
    const wrong = faults(figures)
    say('end', [table(figures, seed), ...wrong.map((line) => `✘ ${line}`)].join('\n'), summary(figures, seed))
    return wrong.length === 0 ? 0 : 1
  } catch (error) {
    if (!ending.signal.aborted) throw error
    return INTERRUPTED
  }
}

process.exitCode = await main()
