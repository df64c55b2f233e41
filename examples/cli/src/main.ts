/** The program `tidemark`. */

import { explain } from './explain.js'
import { EXIT } from './exit-codes.js'
import { runProgram } from './program.js'

try {
  process.exitCode = await runProgram(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`✘ ${explain(error).message}\n`)
  process.exitCode = EXIT.failed
}
