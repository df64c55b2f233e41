/** What runs in Node and what in Chromium, rule by rule, and by name what makes the difference. Pure. */

import type { Trial } from '../conformance/case.js'

export interface Comparison {
  readonly rule: string
  /** Cases that run on some adapter there. A case counts once, on however many adapters it runs. */
  readonly node: number
  readonly chromium: number
  /** Cases that a run in Chromium broke on some adapter. */
  readonly broken: number
  /** Cases that run on one side only. */
  readonly differing: number
  /** What the adapters of the other side lack for these, by name. Empty only where it has no adapter at all. */
  readonly lacking: readonly string[]
}

/** Every rule of an interface, in order. */
export function compare(inNode: readonly Trial[], inChromium: readonly Trial[]): readonly Comparison[] {
  const rules = [...new Set([...inNode, ...inChromium].flatMap(({ rules }) => rules))]
  rules.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return rules.map((rule) => {
    const [node, chromium] = [inNode, inChromium].map((all) => all.filter(({ rules }) => rules.includes(rule)))
    const [here, there] = [casesOf(node!.filter(runs)), casesOf(chromium!.filter(runs))]
    const onlyHere = [...here].filter((one) => !there.has(one))
    const onlyThere = [...there].filter((one) => !here.has(one))
    const lacking = [...wants(chromium!, onlyHere), ...wants(node!, onlyThere)]
    return {
      rule,
      node: here.size,
      chromium: there.size,
      broken: casesOf(chromium!.filter(({ outcome }) => outcome === 'failed')).size,
      differing: onlyHere.length + onlyThere.length,
      lacking: [...new Set(lacking)].sort(),
    }
  })
}

const runs = ({ lacks, missing }: Trial): boolean => lacks.length === 0 && missing === null

/** The title of a trial without its adapter. */
const caseOf = ({ adapter, title }: Trial): string => title.slice(adapter.length + 2)

const casesOf = (trials: readonly Trial[]): ReadonlySet<string> => new Set(trials.map(caseOf))

function wants(trials: readonly Trial[], cases: readonly string[]): readonly string[] {
  const wanting = trials.filter((trial) => cases.includes(caseOf(trial)))
  return wanting.flatMap(({ lacks, missing }) => [...lacks, ...(missing === null ? [] : [missing])])
}

/** As lines of text. `absent` says why the interface has no adapter in a page. */
export function shown(name: string, all: readonly Comparison[], absent: string | undefined): string {
  const rows = [['', 'Node', 'Chromium', ''], ...all.map(cells)]
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)))
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at]!)).join('  '))
  const head = `${name}, cases of each rule${absent === undefined ? '' : `, none in a page: ${absent}`}`
  return [head, ...lines].map((line) => line.trimEnd()).join('\n')
}

function cells({ rule, node, chromium, broken, lacking }: Comparison): readonly string[] {
  const notes = [...(broken > 0 ? [`${broken} failed`] : []), ...lacking]
  return [rule, String(node), String(chromium), notes.join(', ')]
}
