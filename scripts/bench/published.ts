/** `docs/performance.md` from the run that `docs/performance.json` holds: each marked part is written from it, the words between are not. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { microTable } from './micro/micro-bench.js'
import { type StoredRun, storedText } from './stored-run.js'
import { outcomeTable, ratio, shown, table } from './table.js'
import { type Figure, median, peerFigure, TARGETS, type Target, valuesOf } from './targets.js'

const STORED = 'docs/performance.json'
const PAGE = 'docs/performance.md'
const FIGURES: readonly Figure[] = ['wall', 'push', 'bytes', 'requests']

/** The parts that are written from a run, by the name in their marker. */
const PARTS: Readonly<Record<string, (run: StoredRun) => readonly string[]>> = {
  run: runLines,
  targets: ({ measured }) => targetRows(measured),
  ahead: ({ measured }) => aheadLines(measured),
  figures: ({ measured }) => figureRows(measured),
  counts: probeOutcomes,
  growth: ({ probes }) => saidBy(probes, GROWTH_IDS),
  probes: ({ probes }) => saidBy(probes, null),
  micro: ({ micro }) => (micro.length === 0 ? [] : microTable(micro)),
}
const NOT_RUN = 'Not part of this run.'
const GROWTH_IDS: readonly string[] = ['P11', 'P12']

export function publish(root: string, run: StoredRun): void {
  const page = readFileSync(join(root, PAGE), 'utf8')
  const written = pageOf(page, run)
  writeFileSync(join(root, STORED), storedText(run))
  writeFileSync(join(root, PAGE), written)
}

export function storedRun(root: string): StoredRun {
  return JSON.parse(readFileSync(join(root, STORED), 'utf8')) as StoredRun
}

/** The page with every marked part written anew. Throws where a part has no marker, or a marker no part. */
export function pageOf(page: string, run: StoredRun): string {
  const written = new Set<string>()
  const next = page.replace(/<!-- run: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const part = PARTS[name]
    if (part === undefined) throw new Error(`${PAGE} has a part that nobody writes: ${name}`)
    written.add(name)
    const lines = part(run)
    return [`<!-- run: ${name} -->`, '', ...(lines.length === 0 ? [NOT_RUN] : lines), '', '<!-- end -->'].join('\n')
  })
  const lacking = Object.keys(PARTS).filter((name) => !written.has(name))
  if (lacking.length > 0) throw new Error(`${PAGE} has no place for ${lacking.join(', ')}`)
  return next
}

function runLines({ date, revision, seed, rounds, only, machine, load, peers }: StoredRun): readonly string[] {
  const { cpu, cores, memoryGiB, system, fileSystem, node } = machine
  const versions = Object.entries(peers).map(([name, version]) => `${name}: ${version ?? 'not installed'}`)
  return [
    `- ${date}, revision ${revision.slice(0, 12)}, ${rounds} ${rounds === 1 ? 'round' : 'rounds'} of each workload, seed ${seed}`,
    `- ${cores} cores (${cpu}), ${memoryGiB} GiB, ${system}, files on ${fileSystem ?? 'an unknown file system'}, Node ${node}`,
    ...(only === null ? [] : [`- only ${only.join(', ')}: the rest was not run`]),
    `- load average of 1, 5 and 15 minutes: ${load.before.join(', ')} before, ${load.after.join(', ')} after`,
    ...versions.map((version) => `- ${version}`),
  ]
}

type Runs = StoredRun['measured']

function targetRows(measured: Runs): readonly string[] {
  return table(
    ['target', 'workload', 'figure', 'ours', 'peer', 'theirs', 'ratio', 'must', 'goal', 'met'],
    TARGETS.map((target) => {
      const { id, workload, figure, peer, must, goal } = target
      const [own, theirs, value] = [
        cell(measured, target, 'ours'),
        cell(measured, target, peer),
        valueOf(measured, target),
      ]
      const told = value === null ? ['not measured', ''] : [ratio(value), value <= must ? 'yes' : 'no']
      return [
        id,
        workload,
        figure,
        own,
        peer ?? '',
        theirs,
        told[0] ?? '',
        ratio(must),
        goal === null ? '' : ratio(goal),
        told[1] ?? '',
      ]
    }),
  )
}

function cell(measured: Runs, { workload, figure }: Target, contender: string | null): string {
  if (contender === null) return ''
  const of = contender === 'ours' ? figure : peerFigure(figure)
  return allShown(valuesOf(measured, workload, contender, of), of)
}

/** The median, and behind it all values where there are more. */
function allShown(values: readonly number[], figure: Figure): string {
  if (values.length === 0) return ''
  const middle = shown(median(values), figure)
  return values.length === 1 ? middle : `${middle} (${values.map((value) => shown(value, figure)).join(' · ')})`
}

function valueOf(measured: Runs, { workload, figure, peer }: Target): number | null {
  const own = valuesOf(measured, workload, 'ours', figure)
  if (own.length === 0) return null
  if (peer === null) return median(own)
  const theirs = valuesOf(measured, workload, peer, peerFigure(figure))
  return theirs.length === 0 ? null : median(own) / median(theirs)
}

/** Where a peer was faster or sent less, whatever the target. */
function aheadLines(measured: Runs): readonly string[] {
  const rows = TARGETS.flatMap((target) => {
    const value = target.peer === null ? null : valueOf(measured, target)
    return value === null || value <= 1
      ? []
      : [[target.workload, target.figure, target.peer ?? '', `${ratio(value)} ×`]]
  })
  return rows.length === 0 ? ['Nowhere in this run.'] : table(['workload', 'figure', 'peer ahead', 'ours is'], rows)
}

function figureRows(measured: Runs): readonly string[] {
  return table(
    ['workload', 'who', 'wall', 'push', 'bytes of a hop', 'requests'],
    measured.map(({ workload, contender }) => [
      workload,
      contender,
      ...FIGURES.map((figure) => allShown(valuesOf(measured, workload, contender, figure), figure)),
    ]),
  )
}

/** Those that are not of a workload: the probes'. */
function probeOutcomes({ outcomes, probes }: StoredRun): readonly string[] {
  const ids = new Set(probes.map(({ id }) => id))
  const own = outcomes.filter(({ id }) => ids.has(id))
  return own.length === 0 ? [] : outcomeTable(own)
}

function saidBy(probes: StoredRun['probes'], ids: readonly string[] | null): readonly string[] {
  const wanted = probes.filter(({ id }) => (ids === null ? !GROWTH_IDS.includes(id) : ids.includes(id)))
  return wanted.flatMap(({ id, title, lines }) => [`- ${id}, ${title}:`, ...lines.map((line) => `  - ${line}`)])
}
