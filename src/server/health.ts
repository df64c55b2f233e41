/** Whether the stores answer. It changes nothing, and tells no more than which of them does not. */

import { isTidemarkError } from '../errors.js'
import type { ServerContext } from './context.js'

/** What the stores said when they were asked. */
export interface Health {
  /** Both answered. */
  readonly isWell: boolean
  /** 'ok', or the code of its error; 'busy' when it did not answer in time. */
  readonly metadata: string
  /** The same of the chunk store. */
  readonly chunks: string
}

const PATIENCE_MS = 5_000

export async function askStores(context: ServerContext): Promise<Health> {
  const { metadata, chunks } = context
  let first: Awaited<ReturnType<typeof metadata.everyWorkspace>> = []
  const ofMetadata = await answered(context, async () => {
    first = await metadata.everyWorkspace(null, 1)
  })
  const ofChunks = await answered(context, async () => {
    for (const { id } of first) await chunks.missing(id, [])
  })
  return { isWell: ofMetadata === 'ok' && ofChunks === 'ok', metadata: ofMetadata, chunks: ofChunks }
}

async function answered({ clock }: ServerContext, ask: () => Promise<void>): Promise<string> {
  const late = new AbortController()
  try {
    const timeout = clock.sleep(PATIENCE_MS, { signal: late.signal }).then(() => 'busy')
    // an ended wait is no trouble of anybody
    timeout.catch(() => undefined)
    return await Promise.race([ask().then(() => 'ok'), timeout])
  } catch (error) {
    return isTidemarkError(error) ? error.code : 'internal'
  } finally {
    late.abort()
  }
}
