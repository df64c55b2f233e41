/** The rules every log obeys. Runner-neutral: a case throws when its rule is broken. */

import type { Log, LogEvent } from '../../src/index.js'
import { assert } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Log` are tried on. */
export interface LogSubject {
  /** One that lets every level through. */
  readonly log: Log
  /** One whose way out is broken: a full disk, a closed terminal. */
  readonly broken: Log
}

export type LogCase = Case<LogSubject>

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

const PLAIN: LogEvent = { level: 'info', event: 'engine.plan', detail: { operations: 3 } }

function awkward(): readonly Readonly<Record<string, unknown>>[] {
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  const trap = {
    get opened(): string {
      throw new Error('not to be read')
    },
  }
  return [
    circle,
    { trap },
    { big: 1n, nothing: undefined, symbol: Symbol('s'), run: () => 0 },
    { error: new Error('x') },
  ]
}

export const LOG_CASES: readonly LogCase[] = [
  {
    rule: 'LOG-1',
    title: 'events of every level, and details that cannot be printed, do not throw into the caller',
    run: async ({ log }) => {
      for (const level of LEVELS) log(() => ({ level, event: 'engine.plan' }))
      for (const detail of awkward()) log(() => ({ ...PLAIN, detail }))
    },
  },
  {
    rule: 'LOG-1',
    title: 'neither does a message that cannot be built, nor a log that cannot be written',
    run: async ({ log, broken }) => {
      log(() => {
        throw new Error('no message')
      })
      broken(() => PLAIN)
    },
  },
  {
    rule: 'LOG-2',
    title: 'a message is built once at most, in the call',
    run: async ({ log }) => {
      let built = 0
      log(() => {
        built++
        return PLAIN
      })
      assert.ok(built <= 1, `built ${built} times`)
      const during = built
      await Promise.resolve()
      assert.equal(built, during)
    },
  },
]
