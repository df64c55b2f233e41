/** The flags of the demo. Unknown ones are refused. */

import { parseArgs } from 'node:util'
import { TidemarkError } from 'tidemark'

export interface DemoOptions {
  readonly help: boolean
  readonly json: boolean
  readonly port: number
  /** Null: a temporary directory, which goes when the demo ends. */
  readonly data: string | null
  /** Null: likewise. */
  readonly folder: string | null
}

export const HELP = `npm run demo:web: notes in a page, a server, and a folder of this machine in step with it

  --port <number>       where the page is; 0 takes any free one    4571
  --data <directory>    where the server keeps everything          temporary
  --folder <directory>  the folder; an empty one gets a few notes  temporary
  --json                one JSON document, when all is up
  --help

The password is drawn anew each time, unless TIDEMARK_PASSWORD has one: a kept --data asks for the one it was made with.
Ctrl-C ends it, and removes what was temporary.
`

/** @throws invalid-option, unknown-option */
export function demoOptions(args: readonly string[]): DemoOptions {
  const { help = false, json = false, port = '4571', data = null, folder = null } = parseFlags(args)
  return { help, json, port: portOf(port), data, folder }
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean' },
        json: { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        folder: { type: 'string' },
      },
    }).values
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : 'the arguments cannot be read'
    throw new TidemarkError('unknown-option', message, { next: 'See --help.', cause })
  }
}

function portOf(text: string): number {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (value <= 65_535) return value
  throw new TidemarkError('invalid-option', '--port is a whole number up to 65535', {
    subject: 'port',
    next: 'See --help.',
  })
}
