/**
 * `npm run bench`: workloads (scripts/bench/workloads.ts) through the whole product, A over HTTP to the server to B, three
 * processes. Prints what was measured, and what came of each target (scripts/bench/targets.ts and the probes). Wants a
 * journaled file system or a tmpfs as the temporary directory.
 *   --only W1,P3     these workloads and targets         --rounds <n>     of each workload (default 5)
 *   --peers          with rsync, unison and syncthing: whichever is installed, in turn with ours
 *   --against <rev>  another revision, built: in turn    --seed <text>    of all generated content (default 1)
 *   --million        with a tree of a million files      --profile <dir>  CPU profiles of our threads go there
 *   --micro          single parts (scripts/bench/micro), and nothing else that is not named by --only
 *   --publish        docs/performance.json and .md are written from it; with --peers, and single parts too
 *   --json           one JSON document
 * Exit codes: 0 all that was measured met its target, 1 something did not, 2 usage.
 */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BenchArguments, benchArguments, Mistaken } from './bench/arguments.js'
import { build, builtCheckout, type Checkout, checkRevision } from './bench/checkout.js'
import type { Carried, Contender } from './bench/contender.js'
import { CHUNKER } from './bench/micro/chunker.js'
import { HASHER } from './bench/micro/hasher.js'
import { type MicroFigure, microTable } from './bench/micro/micro-bench.js'
import { PACK_STORE } from './bench/micro/pack-store.js'
import { PATCH } from './bench/micro/patch.js'
import { PLANNER } from './bench/micro/planner.js'
import { STATE_STORE } from './bench/micro/state-store.js'
import { ours } from './bench/ours.js'
import type { Outcome } from './bench/outcome.js'
import type { Probe } from './bench/probe.js'
import { GROWTH } from './bench/probe-growth.js'
import { HASH } from './bench/probe-hash.js'
import { HOST } from './bench/probe-host.js'
import { IDLE } from './bench/probe-idle.js'
import { LIVE } from './bench/probe-live.js'
import { LOAD } from './bench/probe-load.js'
import { MEMORY, MILLION } from './bench/probe-memory.js'
import { RESUME } from './bench/probe-resume.js'
import { START } from './bench/probe-start.js'
import { publish } from './bench/published.js'
import { type Measured, measure } from './bench/rounds.js'
import { rsync } from './bench/rsync.js'
import { cleanRevision, loadNow, machineOf, peerVersions, type ProbeTold, type StoredRun } from './bench/stored-run.js'
import { syncthing } from './bench/syncthing.js'
import { figureTable, outcomeTable, shown } from './bench/table.js'
import { outcomesOf, TARGETS } from './bench/targets.js'
import { TYPESCRIPT } from './bench/typescript-trees.js'
import { unison } from './bench/unison.js'
import { type Workload, WORKLOADS } from './bench/workloads.js'

const ROOT = resolve(import.meta.dirname, '..')
const tell = (line: string): void => console.error(line)

async function main(): Promise<number> {
  const asked = benchArguments(process.argv.slice(2))
  const { workloads, probes } = wanted(asked)
  if (asked.against !== null) checkRevision(ROOT, asked.against)
  const revision = asked.publish ? cleanRevision(ROOT) : null
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
  let against: Checkout | null = null
  const clean = (): void => {
    against?.remove()
    against = null
    rmSync(directory, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clean()
      process.exit(130)
    })
  }
  try {
    if (revision !== null) build(ROOT)
    if (asked.against !== null) against = builtCheckout(ROOT, asked.against, join(directory, 'against'))
    const before = loadNow()
    const run = { asked, directory, contenders: contenders(asked, against) }
    const measured = await carry(workloads, run)
    const probed = await probe(probes, run)
    const micro = asked.micro || (asked.publish && asked.only === null) ? await parts(run) : []
    const outcomes = [...outcomesOf(measured), ...probed.outcomes]
    const { seed, rounds, only } = asked
    const stored = { date: new Date().toISOString().slice(0, 10), seed, rounds, only }
    const load = { before, after: loadNow() }
    const told = { measured, probes: probed.told, outcomes, micro }
    if (revision !== null)
      publish(ROOT, { ...stored, revision, machine: machineOf(directory), load, peers: peerVersions(), ...told })
    if (asked.json) console.log(JSON.stringify({ ...stored, machine: machineOf(directory), load, ...told }))
    else console.log(pageOfTables(told).join('\n'))
    return outcomes.some(({ isMet }) => isMet === false) ? 1 : 0
  } finally {
    clean()
  }
}

function pageOfTables({
  measured,
  outcomes,
  micro,
}: Pick<StoredRun, 'measured' | 'outcomes' | 'micro'>): readonly string[] {
  const tables = [
    measured.length === 0 ? [] : figureTable(measured),
    outcomes.length === 0 ? [] : outcomeTable(outcomes),
    micro.length === 0 ? [] : microTable(micro),
  ]
  return tables.filter((lines) => lines.length > 0).flatMap((lines, at) => (at === 0 ? lines : ['', ...lines]))
}

function wanted({ only, million, micro, publish: isPublished }: BenchArguments): {
  readonly workloads: readonly Workload[]
  readonly probes: readonly Probe[]
} {
  const workloads = [...WORKLOADS, TYPESCRIPT]
  const rest = [...MEMORY, ...(million ? [MILLION] : [])]
  const probes = [HASH, LIVE, GROWTH, HOST, START, IDLE, RESUME, LOAD, ...rest]
  if (only === null) return micro && !isPublished ? { workloads: [], probes: [] } : { workloads, probes }
  const names = new Set(only)
  for (const { id, workload } of TARGETS) if (names.has(id)) names.add(workload)
  const known = new Set([...workloads, ...probes, ...TARGETS].map(({ id }) => id))
  for (const name of names)
    if (!known.has(name)) throw new Mistaken(`nothing is called ${name}: ${[...known].join(', ')}`)
  return { workloads: workloads.filter(({ id }) => names.has(id)), probes: probes.filter(({ id }) => names.has(id)) }
}

interface Run {
  readonly asked: BenchArguments
  readonly directory: string
  readonly contenders: readonly Contender[]
}

async function carry(
  workloads: readonly Workload[],
  { asked, directory, contenders: all }: Run,
): Promise<readonly Measured[]> {
  const measured: Measured[] = []
  const onRound = ({ id }: Workload, { name }: Contender, { wallMs, pushMs, hops }: Carried): void => {
    const pushed = pushMs === null ? '' : `, pushed in ${shown(pushMs, 'push')}`
    tell(
      `${id} ${name}: ${shown(wallMs, 'wall')}${pushed}, ${hops.map((bytes) => shown(bytes, 'bytes')).join(' and ')} bytes`,
    )
  }
  const { seed, rounds } = asked
  for (const workload of workloads)
    measured.push(...(await measure(workload, all, { directory, seed, rounds, onRound })))
  return measured
}

async function probe(
  probes: readonly Probe[],
  { asked: { seed }, directory }: Run,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly told: readonly ProbeTold[] }> {
  const outcomes: Outcome[] = []
  const told: ProbeTold[] = []
  for (const one of probes) {
    const { id, title } = one
    tell(`${id}: ${title}`)
    const lines: string[] = []
    const note = (line: string): void => {
      lines.push(line)
      tell(line)
    }
    const room = mkdtempSync(join(directory, 'probe-'))
    outcomes.push(...(await one.run({ checkout: ROOT, directory: room, seed, tell: note })))
    rmSync(room, { recursive: true, force: true })
    told.push({ id, title, lines })
  }
  return { outcomes, told }
}

async function parts({ asked: { seed }, directory }: Run): Promise<readonly MicroFigure[]> {
  const figures: MicroFigure[] = []
  for (const part of [CHUNKER, HASHER, PATCH, PLANNER, STATE_STORE, PACK_STORE]) {
    tell(part.name)
    figures.push(...(await part.run({ directory: mkdtempSync(join(directory, 'micro-')), seed })))
  }
  return figures
}

function contenders({ profile, peers }: BenchArguments, against: Checkout | null): readonly Contender[] {
  const flags = profile === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(profile)}`]
  const other = against === null ? [] : [ours({ checkout: against.path }, 'against')]
  const own = [ours({ checkout: ROOT, flags }), ...other]
  return peers ? [...own, ...installedPeers()] : own
}

function installedPeers(): readonly Contender[] {
  const { rsync: rsyncs, unison: unisons, syncthing: syncthings } = peerVersions()
  return [
    ...(rsyncs === null ? [] : [rsync(), rsync(['-z'])]),
    ...(unisons === null ? [] : [unison()]),
    ...(syncthings === null ? [] : [syncthing()]),
  ]
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Mistaken)) throw error
  tell(error.message)
  process.exitCode = 2
}
