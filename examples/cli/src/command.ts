/** What every command is given and what it ends with. Turns whatever goes wrong into an exit code. */

import { isTidemarkError } from 'tidemark'
import { EXIT, type ExitCode, exitCodeOf } from './exit-codes.js'
import { Home } from './home.js'
import { endingSignal } from './interrupt.js'
import { Output } from './output.js'

export interface CommonOptions {
  readonly json?: boolean
}

export interface Context {
  readonly output: Output
  readonly home: Home
  /** Fires at Ctrl-C. */
  readonly signal: AbortSignal
}

export type Run = (context: Context) => Promise<ExitCode>

export async function runCommand(name: string, options: CommonOptions, run: Run): Promise<ExitCode> {
  const output = new Output(name, { json: options.json === true })
  const signal = endingSignal()
  try {
    return await run({ output, home: new Home(process.env), signal })
  } catch (error) {
    if (signal.aborted || (isTidemarkError(error) && error.code === 'aborted')) return interrupted(output)
    return output.failure(exitCodeOf(error), error)
  }
}

function interrupted(output: Output): ExitCode {
  output.line('Interrupted. Nothing is half done; the next run goes on from here.')
  return output.result(EXIT.interrupted, { interrupted: true })
}
