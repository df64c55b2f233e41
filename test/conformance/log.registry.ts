/** The logs that obey the rules of messages. */

import { consoleLog } from '../../examples/express-server/src/console-log.js'
import type { Adapter } from './case.js'
import type { LogSubject } from './log.suite.js'

export type LogAdapter = Adapter<LogSubject>

async function subject(json: 'json' | 'text'): ReturnType<LogAdapter['make']> {
  const options = { level: 'debug', json: json === 'json', now: () => 1_700_000_000_000 } as const
  const write = (): void => {}
  const fail = (): never => {
    throw new Error('EPIPE')
  }
  return {
    log: consoleLog({ ...options, write }),
    broken: consoleLog({ ...options, write: fail }),
    dispose: async () => {},
  }
}

export const LOGS: readonly LogAdapter[] = [
  { name: 'consoleLog as text', make: () => subject('text') },
  { name: 'consoleLog as JSON lines', make: () => subject('json') },
]
