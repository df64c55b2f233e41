/**
 * `npm run demo`: a server, two devices and a real tree, live, on this machine; then a table of what it took.
 *   --json   the same as one JSON document       --keep   leaves everything up until Ctrl-C
 */

import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import picocolors from 'picocolors'
import { EXIT, type ExitCode } from '../exit-codes.js'
import { ended, endingSignal } from '../interrupt.js'
import type { Scene } from './checks.js'
import { isGood, tableOf } from './report.js'
import { playAll } from './scenes.js'
import { Stage } from './stage.js'
import { Teller } from './teller.js'

/** A terminal that is closed ends it as well: nothing may stay behind. */
const signal = endingSignal(['SIGINT', 'SIGTERM', 'SIGHUP'])
process.exitCode = await main()

async function main(): Promise<ExitCode> {
  const options = readOptions()
  if (options === null) return EXIT.usage
  const teller = new Teller({ json: options.json })
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-demo-'))
  const stage = new Stage(directory, signal)
  try {
    return await perform(stage, teller, options)
  } catch (error) {
    teller.clear()
    if (signal.aborted) return EXIT.interrupted
    process.stderr.write(`✘ ${error instanceof Error ? error.message : String(error)}\n`)
    return EXIT.failed
  } finally {
    await stage.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

interface DemoOptions {
  readonly json: boolean
  readonly keep: boolean
}

function readOptions(): DemoOptions | null {
  try {
    return parseArgs({
      options: { json: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nKnown are --json and --keep.\n`)
    return null
  }
}

async function perform(stage: Stage, teller: Teller, { json, keep }: DemoOptions): Promise<ExitCode> {
  teller.begin('a server on this machine, an account, folders A and B')
  await stage.set()
  const scenes = await playAll({
    stage,
    signal,
    begin: (title) => teller.begin(title),
    progress: (text) => teller.progress(text),
    done: (scene) => teller.done(scene),
  })
  teller.clear()
  if (!json) process.stdout.write(`\n${tableOf(scenes, picocolors)}\n\n`)
  if (json) process.stdout.write(`${JSON.stringify(documentOf(scenes, keep ? stage : null))}\n`)
  const exit = isGood(scenes) ? EXIT.done : EXIT.failed
  if (!keep) return exit
  for (const device of stage.devices) device.watch()
  if (!json) process.stdout.write(goOn(stage))
  await ended(signal)
  return EXIT.interrupted
}

function documentOf(scenes: readonly Scene[], kept: Stage | null): Record<string, unknown> {
  const good = isGood(scenes)
  if (kept === null) return { good, scenes }
  const devices = kept.devices.map(({ name, folder, home }) => ({ name, folder, home }))
  return { good, scenes, kept: { directory: kept.directory, url: kept.serverUrl, devices } }
}

function goOn(stage: Stage): string {
  const [a, b] = stage.devices
  return `Everything is still up, until Ctrl-C:
  server    ${stage.serverUrl}
  folder A  ${a.folder}
  folder B  ${b.folder}
Change a file in one and look at the other. From another terminal:
  TIDEMARK_HOME=${a.home} npx tidemark status ${a.folder}
`
}
