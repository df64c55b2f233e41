/** The program: arguments in, one line with the url out, an orderly end on a signal. */

import { resolve } from 'node:path'
import { isTidemarkError } from 'tidemark'
import { consoleLog } from './console-log.js'
import { HELP, serverArguments } from './server-arguments.js'
import type { ServerArguments } from './server-arguments.js'
import { startServer } from './start-server.js'

const EXIT = { failed: 1, usage: 2, interrupted: 130 } as const

async function main(): Promise<void> {
  const options = serverArguments(process.argv.slice(2), process.env)
  if (options.help) {
    process.stdout.write(HELP)
    return
  }
  // Before the first byte of the stores is touched: a signal while starting has to end in good order as well.
  const signalled = firstSignal()
  const log = consoleLog({
    level: options.log,
    json: options.json,
    write: (line) => void (options.json ? process.stdout : process.stderr).write(`${line}\n`),
    now: () => Date.now(),
  })
  const server = await startServer({ ...options, directory: resolve(options.data), log })
  announce(options, server)
  const signal = await signalled
  await server.close()
  if (signal === 'SIGINT') process.exitCode = EXIT.interrupted
}

function announce(
  { json, registration, page }: ServerArguments,
  { url, directory, port }: { readonly url: string; readonly directory: string; readonly port: number },
): void {
  const pageUrl = page === undefined ? null : new URL('/', url).href
  const shown = pageUrl === null ? {} : { page: pageUrl }
  const line = json
    ? JSON.stringify({ event: 'ready', url, directory, port, pid: process.pid, registration, ...shown })
    : `Tidemark server ready: ${url} (data in ${directory})${pageUrl === null ? '' : `, page at ${pageUrl}`}`
  process.stdout.write(`${line}\n`)
}

/** A second signal ends the process at once: its stores survive that. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let count = 0
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (count++ > 0) process.exit(EXIT.interrupted)
        resolve(signal)
      })
    }
  })
}

main().catch((error: unknown) => {
  const isKnown = isTidemarkError(error)
  const text = isKnown ? `${error.message}\n${error.next}` : String(error instanceof Error ? error.stack : error)
  process.stderr.write(`tidemark-server: ${text}\n`)
  process.exitCode =
    isKnown && (error.code === 'invalid-option' || error.code === 'unknown-option') ? EXIT.usage : EXIT.failed
})
