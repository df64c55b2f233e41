/**
 * `npm run bench`: workloads (scripts/bench/workloads.ts) through the whole product, A over HTTP to the server to B, three
 * processes. Prints what was measured, and what came of each target (scripts/bench/targets.ts and the probes). Wants a
 * journaled file system or a tmpfs as the temporary directory.
 *   --only W1,P3     these workloads and targets         --rounds <n>     of each workload (default 5)
 *   --peers          with rsync, unison and syncthing: whichever is installed, in turn with ours
 *   --against <rev>  another revision, built: in turn    --seed <text>    of all generated content (default 1)
 *   --million        with a tree of a million files      --profile <dir>  CPU profiles of our threads go there
 *   --json           one JSON document
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { builtCheckout, type Checkout } from './bench/checkout.js'
import type { Carried, Contender } from './bench/contender.js'
import { ours } from './bench/ours.js'
import type { Outcome } from './bench/outcome.js'
import type { Probe } from './bench/probe.js'
import { GROWTH } from './bench/probe-growth.js'
import { HASH } from './bench/probe-hash.js'
import { HOST } from './bench/probe-host.js'
import { IDLE } from './bench/probe-idle.js'
import { LIVE } from './bench/probe-live.js'
import { MEMORY, MILLION } from './bench/probe-memory.js'
import { START } from './bench/probe-start.js'
import { type Measured, measure } from './bench/rounds.js'
import { rsync, versionOf } from './bench/rsync.js'
import { syncthing } from './bench/syncthing.js'
import { figureTable, outcomeTable, shown } from './bench/table.js'
import { outcomesOf, TARGETS } from './bench/targets.js'
import { TYPESCRIPT } from './bench/typescript-trees.js'
import { unison } from './bench/unison.js'
import { type Workload, WORKLOADS } from './bench/workloads.js'

const ROOT = resolve(import.meta.dirname, '..')

/** What was asked for cannot be done. */
class Mistaken extends Error {}

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    peers: { type: 'boolean', default: false },
    against: { type: 'string' },
    seed: { type: 'string', default: '1' },
    million: { type: 'boolean', default: false },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
const tell = (line: string): void => console.error(line)

const directory = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
let against: Checkout | null = null
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clean()
    process.exit(130)
  })
}
try {
  const { workloads, probes } = wanted()
  if (values.against !== undefined) against = builtCheckout(ROOT, values.against, join(directory, 'against'))
  const measured = await carry(workloads)
  const outcomes = [...outcomesOf(measured), ...(await probe(probes))]
  const machine = { cores: availableParallelism(), node: process.version, load: loadavg() }
  if (values.json) console.log(JSON.stringify({ seed: values.seed, machine, measured, outcomes }))
  else console.log([...figureTable(measured), '', ...outcomeTable(outcomes)].join('\n'))
  process.exitCode = outcomes.some(({ isMet }) => isMet === false) ? 1 : 0
} catch (error) {
  if (!(error instanceof Mistaken)) throw error
  tell(error.message)
  process.exitCode = 2
} finally {
  clean()
}

function clean(): void {
  against?.remove()
  against = null
  rmSync(directory, { recursive: true, force: true })
}

function wanted(): { readonly workloads: readonly Workload[]; readonly probes: readonly Probe[] } {
  const workloads = [...WORKLOADS, TYPESCRIPT]
  const probes = [HASH, LIVE, GROWTH, HOST, START, IDLE, ...MEMORY, ...(values.million ? [MILLION] : [])]
  if (values.only === undefined) return { workloads, probes }
  const names = new Set(values.only.split(','))
  for (const { id, workload } of TARGETS) if (names.has(id)) names.add(workload)
  const known = new Set([...workloads, ...probes, ...TARGETS].map(({ id }) => id))
  for (const name of names)
    if (!known.has(name)) throw new Mistaken(`nothing is called ${name}: ${[...known].join(', ')}`)
  return { workloads: workloads.filter(({ id }) => names.has(id)), probes: probes.filter(({ id }) => names.has(id)) }
}

async function carry(workloads: readonly Workload[]): Promise<readonly Measured[]> {
  const measured: Measured[] = []
  const onRound = ({ id }: Workload, { name }: Contender, { wallMs, pushMs, hops }: Carried): void => {
    const pushed = pushMs === null ? '' : `, pushed in ${shown(pushMs, 'push')}`
    tell(
      `${id} ${name}: ${shown(wallMs, 'wall')}${pushed}, ${hops.map((bytes) => shown(bytes, 'bytes')).join(' and ')} bytes`,
    )
  }
  for (const workload of workloads) {
    const options = { directory, seed: values.seed, rounds: Number(values.rounds), onRound }
    measured.push(...(await measure(workload, contenders(), options)))
  }
  return measured
}

async function probe(probes: readonly Probe[]): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const one of probes) {
    tell(`${one.id}: ${one.title}`)
    const room = mkdtempSync(join(directory, 'probe-'))
    outcomes.push(...(await one.run({ checkout: ROOT, directory: room, seed: values.seed, tell })))
    rmSync(room, { recursive: true, force: true })
  }
  return outcomes
}

function contenders(): readonly Contender[] {
  const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(values.profile)}`]
  const other = against === null ? [] : [ours({ checkout: against.path }, 'against')]
  const own = [ours({ checkout: ROOT, flags }), ...other]
  return values.peers ? [...own, ...installedPeers()] : own
}

function installedPeers(): readonly Contender[] {
  const peers: readonly (readonly [version: string | null, ...contenders: readonly Contender[]])[] = [
    [versionOf('rsync', '--version'), rsync(), rsync(['-z'])],
    [versionOf('unison', '-version'), unison()],
    [versionOf('syncthing', '--version'), syncthing()],
  ]
  return peers.flatMap(([version, ...found]) => (version === null ? [] : found))
}
