/** The clocks that obey the rules of time. */

import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { systemClock } from '../../adapters/shared/system-clock.js'
import type { Adapter } from './case.js'
import type { ClockCapability, ClockSubject } from './clock.suite.js'

export type ClockAdapter = Adapter<ClockSubject, ClockCapability>

const dispose = async (): Promise<void> => {}

export const CLOCKS: readonly ClockAdapter[] = [
  { name: 'systemClock', make: async () => ({ clock: systemClock(), dispose }) },
  {
    name: 'virtualClock',
    capabilities: ['jump', 'pass'],
    make: async () => {
      const clock = virtualClock()
      return { clock, pass: (ms) => clock.advance(ms), jump: (ms) => clock.jump(ms), dispose }
    },
  },
]
