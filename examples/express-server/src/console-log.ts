/** The server's log on a terminal or as JSON lines. Never more than one line for one event: what users send cannot forge another. */

import { TidemarkError } from 'tidemark'
import type { Log, LogEvent } from 'tidemark'

const RANK = { debug: 0, info: 1, warn: 2, error: 3 } as const

export interface ConsoleLogOptions {
  readonly level: LogEvent['level']
  readonly json: boolean
  readonly write: (line: string) => void
  readonly now: () => number
}

/** What cannot be built, printed or written is left out: a log never disturbs the one who tells it something. */
export function consoleLog(options: ConsoleLogOptions): Log {
  return (build) => {
    try {
      tell(build(), options)
    } catch {
      return
    }
  }
}

function tell(event: LogEvent, { level, json, write, now }: ConsoleLogOptions): void {
  if (RANK[event.level] < RANK[level]) return
  const time = new Date(now()).toISOString()
  const detail = plain(event.detail ?? {})
  write(
    json
      ? JSON.stringify({ time, level: event.level, event: event.event, ...detail })
      : `${time} ${event.level} ${event.event} ${JSON.stringify(detail)}`,
  )
}

/** Errors have no enumerable fields of their own: an operator is told what and where. */
function plain(detail: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(detail).map(
    ([key, value]) => [key, value instanceof Error ? described(value) : value] as const,
  )
  return Object.fromEntries(entries)
}

function described(error: Error): Record<string, unknown> {
  const cause = error.cause instanceof Error ? { cause: described(error.cause) } : {}
  return {
    name: error.name,
    ...(error instanceof TidemarkError ? { code: error.code } : {}),
    message: error.message,
    stack: error.stack,
    ...cause,
  }
}
