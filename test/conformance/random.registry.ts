/** The sources of chance that obey the rules of chance. */

import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { systemRandom } from '../../adapters/shared/system-clock.js'
import type { Adapter } from './case.js'
import type { RandomSubject } from './random.suite.js'

export type RandomAdapter = Adapter<RandomSubject>

const dispose = async (): Promise<void> => {}

export const RANDOMS: readonly RandomAdapter[] = [
  { name: 'systemRandom', make: async () => ({ random: systemRandom(), dispose }) },
  { name: 'seededRandom', make: async () => ({ random: seededRandom(20_261), dispose }) },
]
