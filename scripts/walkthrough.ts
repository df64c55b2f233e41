/**
 * `npm run walkthrough`: README's walk, run as it stands. Each `<!-- walk: … -->` names a terminal and what it has to say;
 * the block below it is typed there line by line. Terminals are pseudo-terminals by `script` of util-linux, else pipes.
 *   --pipes   pipes in any case
 */

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stepsOf } from './walkthrough/steps.js'
import { hasPseudoTerminals } from './walkthrough/terminal.js'
import { Walk } from './walkthrough/walk.js'

const ROOT = resolve(import.meta.dirname, '..')
/** What the walk makes. */
const PLACE = join(ROOT, 'try')

const { values } = parseArgs({ options: { pipes: { type: 'boolean', default: false } } })
const pseudo = !values.pipes && hasPseudoTerminals()
const walk = new Walk({ pseudo, directory: ROOT })

process.once('SIGINT', () => {
  void end().then(() => process.exit(130))
})

if (existsSync(PLACE)) throw new Error(`${PLACE} is there already: remove it first, the walk begins without it`)
console.log(`The walk of README.md in ${pseudo ? 'pseudo-terminals' : 'pipes: no pseudo-terminals, or none wanted'}`)
try {
  for (const step of stepsOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))) {
    await walk.take(step)
    console.log(`✔ ${step.terminal.padEnd(7)} ${step.key ?? step.lines.join('\n          ')}`)
  }
  console.log('The walk went as README says.')
} catch (error) {
  console.log(`✘ ${error instanceof Error ? error.message : String(error)}`)
  for (const text of walk.said) console.log(text)
  process.exitCode = 1
} finally {
  await end()
}

async function end(): Promise<void> {
  await walk.end()
  rmSync(PLACE, { recursive: true, force: true, maxRetries: 5 })
}
