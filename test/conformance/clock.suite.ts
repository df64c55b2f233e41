/** The rules every clock obeys. Runner-neutral: a case throws when its rule is broken. */

import type { Clock } from '../../src/index.js'
import { assert, required, withCode } from './assertion.js'
import type { Case } from './case.js'

/** What the cases of a `Clock` are tried on. */
export interface ClockSubject {
  /** The clock that is tried. */
  readonly clock: Clock
  /** Lets this many milliseconds pass, where time stands still until it is told to. */
  readonly pass?: (ms: number) => void
  /** Has the wall time jump by this many milliseconds, forth or back. */
  readonly jump?: (ms: number) => void
}

/** Each is the member of its name. */
export type ClockCapability = 'jump' | 'pass'

export type ClockCase = Case<ClockSubject, ClockCapability>

async function slept({ clock, pass }: ClockSubject, ms: number): Promise<void> {
  const sleeping = clock.sleep(ms)
  pass?.(ms)
  await sleeping
}

export const CLOCK_CASES: readonly ClockCase[] = [
  {
    rule: 'CLOCK-1',
    title: 'the wall time is a whole number of milliseconds since 1970',
    run: async (subject) => {
      assert.ok(Number.isSafeInteger(subject.clock.now()) && subject.clock.now() > 0, String(subject.clock.now()))
      await slept(subject, 3)
      assert.ok(Number.isSafeInteger(subject.clock.now()), String(subject.clock.now()))
    },
  },
  {
    rule: 'CLOCK-1 CLOCK-2',
    title: 'the wall time jumps in either direction, and the monotonic one does not go with it',
    needs: ['jump', 'pass'],
    run: async ({ clock, jump }) => {
      for (const ms of [3_600_000, -7_200_000]) {
        const [wall, elapsed] = [clock.now(), clock.monotonic()]
        required(jump)(ms)
        assert.deepEqual([clock.now() - wall, clock.monotonic() - elapsed], [ms, 0])
      }
    },
  },
  {
    rule: 'CLOCK-2',
    title: 'the monotonic time never goes back, and goes on',
    run: async (subject) => {
      const start = subject.clock.monotonic()
      let last = start
      for (let reading = 0; reading < 1_000; reading++) {
        const now = subject.clock.monotonic()
        assert.ok(now >= last, `${now} after ${last}`)
        last = now
      }
      await slept(subject, 2)
      assert.ok(subject.clock.monotonic() > start)
    },
  },
  {
    rule: 'CLOCK-3',
    title: 'a sleep ends after its time, not before; one of no time ends as well',
    run: async (subject) => {
      for (const ms of [0, 1, 20]) {
        const from = subject.clock.monotonic()
        await slept(subject, ms)
        assert.ok(subject.clock.monotonic() - from >= ms, `slept ${subject.clock.monotonic() - from} of ${ms} ms`)
      }
    },
  },
  {
    rule: 'CLOCK-3',
    title: 'a sleep goes on as long as its time has not passed',
    needs: ['pass'],
    run: async ({ clock, pass }) => {
      const woken: number[] = []
      const sleeping = [30, 10].map((ms) => clock.sleep(ms).then(() => woken.push(ms)))
      required(pass)(29)
      await sleeping[1]
      assert.deepEqual(woken, [10])
      required(pass)(1)
      await Promise.all(sleeping)
      assert.deepEqual(woken, [10, 30])
    },
  },
  {
    rule: 'CLOCK-4',
    title: 'a fired signal ends a sleep at once, whether it fired before or meanwhile',
    run: async ({ clock }) => {
      const hour = 3_600_000
      await assert.rejects(clock.sleep(hour, { signal: AbortSignal.abort() }), withCode('aborted'))
      const controller = new AbortController()
      const sleeping = clock.sleep(hour, { signal: controller.signal })
      controller.abort()
      await assert.rejects(sleeping, withCode('aborted'))
    },
  },
]
