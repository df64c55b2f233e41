/** Looks through workspaces one after the other, and gives requests their turn in between. */

import { TidemarkError } from '../errors.js'
import type { WorkspaceId } from '../model/ids.js'
import type { ServerContext } from './context.js'
import { type Verified, verifyWorkspace } from './verify.js'

/** What is looked at. */
export interface VerifyOptions {
  /** Only the workspaces of this user. */
  readonly owner?: string | undefined
  /** Ends it with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** The report of one workspace. */
export interface VerifiedWorkspace extends Verified {
  /** Its id. */
  readonly workspace: WorkspaceId
  /** Its user. */
  readonly owner: string
  /** As its user calls it. */
  readonly name: string
}

const PAGE = 100
/** Work between two pauses, by the clock. */
const SLICE_MS = 10

export async function verifyAll(
  context: ServerContext,
  { owner, signal }: VerifyOptions,
): Promise<readonly VerifiedWorkspace[]> {
  const { clock, metadata } = context
  const done: VerifiedWorkspace[] = []
  let since = clock.monotonic()
  const pause = async (): Promise<void> => {
    if (signal?.aborted === true)
      throw new TidemarkError('aborted', 'The verification was cancelled.', { subject: 'verify' })
    const worked = clock.monotonic() - since
    if (worked < SLICE_MS) return
    await clock.sleep(1, { signal })
    since = clock.monotonic()
  }
  for (let after: WorkspaceId | null = null; ; ) {
    const page = await metadata.everyWorkspace(after, PAGE)
    for (const head of page) {
      if (owner !== undefined && head.owner !== owner) continue
      const found = await verifyWorkspace(context, head.id, pause)
      done.push({ workspace: head.id, owner: head.owner, name: head.name, ...found })
    }
    if (page.length < PAGE) return done
    after = page.at(-1)?.id ?? null
  }
}
