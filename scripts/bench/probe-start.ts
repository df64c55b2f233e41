/** C5: what an app waits for before its first line runs: an import of ours over bare Node, and the help of the CLI. */

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { now } from './contender.js'
import { outcomeOf } from './outcome.js'
import type { Probe } from './probe.js'
import { median } from './targets.js'

const STARTS = 20

export const START: Probe = {
  id: 'C5',
  title: `${STARTS} starts of each, in turn`,
  async run({ checkout, directory, tell }) {
    const importing = (url: string): readonly string[] => ['--input-type=module', '-e', `import '${url}'`]
    const bare: number[] = []
    const over: number[] = []
    const help: number[] = []
    // The first turn warms the disk up.
    for (let turn = 0; turn <= STARTS; turn++) {
      const base = started(importing('node:fs'), directory)
      const loaded = started(importing(pathToFileURL(join(checkout, 'dist/node.js')).href), directory)
      const helped = started([join(checkout, 'examples/cli/bin/tidemark.js'), '--help'], directory)
      if (turn === 0) continue
      bare.push(base)
      over.push(loaded - base)
      help.push(helped)
    }
    tell(`bare Node ${median(bare).toFixed(0)} ms`)
    return [
      outcomeOf({ id: 'C5', what: "ms, import 'tidemark/node' over bare Node", must: 60, goal: 45 }, median(over)),
      outcomeOf({ id: 'C5', what: 'ms, the help of the CLI', must: 250, goal: 110 }, median(help)),
    ]
  },
}

/** Milliseconds from the start of the program to its end. */
function started(args: readonly string[], cwd: string): number {
  const began = now()
  const { status } = spawnSync(process.execPath, args, { cwd, stdio: 'ignore' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`)
  return now() - began
}
