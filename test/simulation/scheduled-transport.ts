/**
 * A network on virtual time that delays, drops requests, drops answers and sends requests twice, as the seed says.
 * A dropped one is `offline` to its caller after a while, and may have been carried out.
 */

import { type Clock, TidemarkError, type Transport } from '../../src/index.js'
import type { SeededRandom } from '../../adapters/shared/seeded-random.js'
import type { Turns } from './scheduled-disk.js'

export interface NetworkFaults {
  /** Chances in 1,000. */
  dropRequest: number
  dropAnswer: number
  duplicate: number
}

export interface NetworkHits {
  requests: number
  droppedRequests: number
  droppedAnswers: number
  duplicates: number
}

/** One for each caller: a promise that never settles keeps all who ever waited for it. */
const never = (): Promise<never> => new Promise(() => undefined)

export function scheduledTransport(
  inner: Transport,
  parts: { clock: Clock; random: SeededRandom; faults: NetworkFaults; turns: Turns; hits: NetworkHits },
): Transport {
  const { clock, random, faults, turns, hits } = parts
  const struck = (chance: number): boolean => random.below(1000) < chance
  const lost = (): TidemarkError => new TidemarkError('offline', 'no answer came', { retryable: true })

  async function carry(frame: Uint8Array): Promise<Uint8Array> {
    await clock.sleep(random.below(40))
    return inner.exchange(frame)
  }

  return {
    workspace: inner.workspace,
    async exchange(frame) {
      hits.requests += 1
      if (turns.dead) return never()
      if (struck(faults.dropRequest)) {
        hits.droppedRequests += 1
        await clock.sleep(200)
        throw lost()
      }
      if (struck(faults.duplicate)) {
        hits.duplicates += 1
        carry(frame).catch(() => undefined)
      }
      const answer = await carry(frame)
      await clock.sleep(random.below(40))
      if (turns.dead) return never()
      if (struck(faults.dropAnswer)) {
        hits.droppedAnswers += 1
        throw lost()
      }
      return answer
    },
    subscribe: (handlers) => inner.subscribe(handlers),
    close: () => inner.close(),
  }
}
