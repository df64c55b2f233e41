/** Finding and making workspaces. A name is looked up among the principal's own only: what is foreign looks exactly like what is absent. */

import { TidemarkError } from '../errors.js'
import { toHex } from '../model/hex.js'
import type { Epoch, WorkspaceId } from '../model/ids.js'
import type { ServerContext } from './context.js'
import { firstHash } from './history-hash.js'
import type { Principal } from './principal.js'

const WORKSPACES_PER_USER = 1_000

export async function findWorkspace(context: ServerContext, principal: Principal, name: string): Promise<WorkspaceId> {
  const id = await context.metadata.find(principal.user, name)
  if (id !== null) return id
  throw new TidemarkError('not-found', 'There is no such workspace.', {
    subject: 'workspace',
    next: 'Say hello first: the first hello of its owner makes a workspace.',
  })
}

/** The first hello of its owner makes a workspace. Two first hellos at once make one. */
export async function findOrCreateWorkspace(
  context: ServerContext,
  principal: Principal,
  name: string,
): Promise<WorkspaceId> {
  const { metadata, hasher, random } = context
  const found = await metadata.find(principal.user, name)
  if (found !== null) return found
  if ((await metadata.workspaces(principal.user)).length >= WORKSPACES_PER_USER) {
    throw new TidemarkError('over-quota', `A user has at most ${WORKSPACES_PER_USER} workspaces.`, {
      subject: 'workspace',
    })
  }
  const epoch = toHex(random.bytes(16)) as Epoch
  return metadata.create({
    id: toHex(random.bytes(16)) as WorkspaceId,
    owner: principal.user,
    name,
    epoch,
    sequence: 0,
    hash: firstHash(hasher, epoch),
    horizon: 0,
    rule: context.newRule(random),
  })
}
