/**
 * `npm run demo:web`: notes in a page, kept in step with a folder of this machine. A server on loopback, an account and a
 * live engine, until Ctrl-C. Flags: see `demo-options.ts`.
 */

import { isTidemarkError } from 'tidemark'
import { type DemoOptions, demoOptions, HELP } from './demo-options.js'
import { ended, endingSignal, EXIT, type ExitCode } from './ending-signal.js'
import { answerGuards } from './guard-question.js'
import { readablePassword } from './readable-password.js'
import { Stage, USER, WORKSPACE } from './stage.js'

const signal = endingSignal()
process.exitCode = await main()

async function main(): Promise<ExitCode> {
  try {
    const options = demoOptions(process.argv.slice(2))
    if (!options.help) return await perform(options)
    process.stdout.write(HELP)
    return EXIT.done
  } catch (error) {
    if (signal.aborted) return exitOf()
    process.stderr.write(`✘ ${wordsOf(error)}\n`)
    const isUsage = isTidemarkError(error) && (error.code === 'invalid-option' || error.code === 'unknown-option')
    return isUsage ? EXIT.usage : EXIT.failed
  }
}

async function perform({ json, port, data, folder }: DemoOptions): Promise<ExitCode> {
  const given = process.env['TIDEMARK_PASSWORD'] ?? ''
  const password = given === '' ? readablePassword() : given
  const stage = new Stage({
    ...{ port, data, folder, password, signal },
    onEngine: (engine) => {
      engine.on('error', (error) => process.stderr.write(`! ${wordsOf(error)}\n`))
      engine.on('problem', ({ path, code, message }) => {
        // A file that is being written is one for a moment.
        if (code !== 'busy') process.stderr.write(`! ${path}: ${message}\n`)
      })
      answerGuards(engine, { input: process.stdin, output: process.stderr, signal })
    },
  })
  try {
    if (!json) process.stdout.write('… a server on this machine, an account, a folder with notes\n')
    await stage.open()
    const shown = given === '' ? password : null
    process.stdout.write(json ? ready(stage, shown) : welcome(stage, shown))
    await ended(signal)
    return exitOf()
  } finally {
    await stage.close()
  }
}

function ready({ url, folder }: Stage, password: string | null): string {
  return `${JSON.stringify({ event: 'ready', url, user: USER, password, folder, pid: process.pid })}\n`
}

/** A password that came from the environment is not said aloud. */
function welcome({ url, folder }: Stage, password: string | null): string {
  return `Everything is up, until Ctrl-C ends it:
  page       ${url}#user=${USER}&workspace=${WORKSPACE}
  user       ${USER}
  password   ${password ?? 'the one in TIDEMARK_PASSWORD'}
  workspace  ${WORKSPACE}
  folder     ${folder}
Sign in, change a note in the page or in the folder, and look at the other.
`
}

function exitOf(): ExitCode {
  return signal.reason === 'SIGINT' ? EXIT.interrupted : EXIT.done
}

function wordsOf(error: unknown): string {
  if (isTidemarkError(error)) return `${error.message}\n  ${error.next}`
  return error instanceof Error ? error.message : String(error)
}
