/** Commits a person asked for: sent under the discipline of the outbox, each refusal told to who asked, not to the status. */

import { TidemarkError } from '../errors.js'
import type { ChangeGroup, RefusedChange } from '../model/change.js'
import type { NodeId } from '../model/ids.js'
import { commitAsked, type CommitParts } from './commit.js'
import { stale } from './unedited.js'

/** Refusals by the node that broke the rule, and by those that fell with it. Fails with `forbidden` where nothing goes up. */
export async function askCommit(
  parts: CommitParts,
  groups: readonly ChangeGroup[],
  signal: AbortSignal,
): Promise<ReadonlyMap<NodeId, RefusedChange | null>> {
  if (parts.mode === 'read-only') {
    throw new TidemarkError('forbidden', 'this engine is read-only: nothing it is asked for goes to the server', {
      subject: 'mode',
      next: 'Ask a device that may change the workspace.',
    })
  }
  const refusals = new Map<NodeId, RefusedChange | null>()
  const onRefused = (id: NodeId, result: RefusedChange): void => void refusals.set(id, result)
  const { refused, diverged } = await commitAsked({ ...parts, onRefused }, groups, signal)
  if (diverged) {
    throw new TidemarkError('diverged', 'the history of the server is another one by now', {
      next: 'Sync, look again, and ask once more.',
      retryable: true,
    })
  }
  for (const id of refused) if (!refusals.has(id)) refusals.set(id, null)
  return refusals
}

/** The error that a refusal is to who asked for this one thing. */
export function refusalOf(path: string, result: RefusedChange | null): TidemarkError {
  switch (result?.reason) {
    case 'quota':
      return new TidemarkError('over-quota', `there is no room on the server for '${path}'`, { subject: path })
    case 'forbidden':
      return new TidemarkError('forbidden', `the server does not let this user change '${path}'`, { subject: path })
    case 'need-manifest':
    case 'missing-chunks':
      return new TidemarkError('corrupt', `the server does not hold the content of '${path}' any more`, {
        subject: path,
      })
    case 'too-deep':
      return new TidemarkError('too-large', `'${path}' would be deeper than a workspace can hold`, { subject: path })
    default:
      return stale(path, 'was changed on the server meanwhile')
  }
}
