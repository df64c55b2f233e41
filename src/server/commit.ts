/**
 * A commit and its dry run (SPEC 1): standing, key, groups, sequences and hashes, all in one transaction under the
 * workspace's lock. The answer exists only after the store said that it is durable.
 */

import { isTidemarkError, TidemarkError } from '../errors.js'
import type { KeptRevision, MetadataReader, MetadataWriter, WorkspaceHead } from '../interfaces/metadata-store.js'
import type { Change, ChangeGroup, ChangeResult } from '../model/change.js'
import type { Digest, NodeId, WorkspaceId } from '../model/ids.js'
import type { Revision } from '../model/revision.js'
import { toGroupsWire } from '../protocol/change-wire.js'
import { LIMITS, MAX_SAFE } from '../protocol/limits.js'
import type { CommitAnswer, CommitRequest } from '../protocol/messages.js'
import { revisionWeight } from '../protocol/node-wire.js'
import { type ContentState, judgeGroup, type Verdict } from './commit-rules.js'
import { claimContents, readBuriedKinds, readContents } from './contents.js'
import type { ServerContext } from './context.js'
import { nextHash } from './history-hash.js'
import { Overlay } from './overlay.js'
import type { Principal } from './principal.js'
import { readStanding } from './standing.js'
import { decodeStoredAnswer, encodeStoredAnswer, type StoredAnswer, type StoredVerdict } from './stored-answer.js'
import { storeChunks, storeManifests } from './uploads.js'
import { findWorkspace } from './workspaces.js'

/** What an idempotency key is bound to. */
function changesDigest(context: ServerContext, groups: readonly ChangeGroup[]): Digest {
  return context.hasher.digest('changes', new TextEncoder().encode(JSON.stringify(toGroupsWire(groups))))
}

export interface Judgement {
  readonly overlay: Overlay
  readonly verdicts: readonly (readonly Verdict[])[]
  readonly contents: ReadonlyMap<Digest, ContentState>
}

export interface Judged {
  readonly context: ServerContext
  readonly principal: Principal
  readonly workspace: { readonly id: WorkspaceId; readonly name: string }
  readonly contentLater: boolean
}

export async function judgeGroups(
  by: Judged,
  reader: MetadataReader,
  head: WorkspaceHead,
  groups: readonly ChangeGroup[],
): Promise<Judgement> {
  const changes = groups.flat()
  if (head.sequence > MAX_SAFE - changes.length) {
    throw new TidemarkError('too-large', 'The workspace has used up its sequence numbers.', { subject: 'sequence' })
  }
  const overlay = new Overlay(reader, head.sequence)
  await overlay.load(changes)
  const contents = await readContents(by.context, by.workspace.id, reader, changes)
  const circumstances = {
    contents,
    buriedKinds: await readBuriedKinds(reader, overlay, changes),
    admit: (change: Change) => by.context.admit(change, { principal: by.principal, workspace: by.workspace.name }),
    budget: await by.context.quota.budget(reader, head),
    contentLater: by.contentLater,
  }
  const verdicts: (readonly Verdict[])[] = []
  for (const group of groups) verdicts.push(await judgeGroup(group, overlay, circumstances))
  return { overlay, verdicts, contents }
}

/** `current` tells of every node how the batch leaves it: for a dry run, as it was. */
export function toResult(verdict: Verdict, change: Change, current: (id: NodeId) => Revision | null): ChangeResult {
  switch (verdict.verdict) {
    case 'accepted':
      return verdict
    case 'unchanged': {
      const revision = current(change.id)
      return { verdict: 'unchanged', sequence: revision?.sequence ?? 0, current: revision }
    }
    case 'refused': {
      const { reason, culprit, missing } = verdict
      const holder = verdict.holder === undefined || change.id !== culprit ? null : current(verdict.holder)
      return {
        verdict: 'refused',
        reason,
        culprit,
        current: current(change.id),
        ...(holder && { holder }),
        ...(missing && change.id === culprit && { missing }),
      }
    }
  }
}

/** Bounds the answer before anything is committed: digests are cut short, revisions make the batch too large. */
export function boundResults(results: readonly (readonly ChangeResult[])[]): readonly (readonly ChangeResult[])[] {
  let digests: number = LIMITS.digests
  let weight = 0
  const bounded = results.map((group) =>
    group.map((result) => {
      weight += 120
      if (result.verdict === 'accepted') return result
      if (result.current !== null) weight += revisionWeight(result.current)
      if (result.verdict === 'unchanged') return result
      if (result.holder !== undefined) weight += revisionWeight(result.holder)
      if (result.missing === undefined) return result
      const missing = result.missing.slice(0, digests)
      digests -= missing.length
      return { ...result, missing }
    }),
  )
  if (weight > LIMITS.answerWeight) {
    throw new TidemarkError('too-large', 'The answer to this batch is too large.', {
      subject: 'groups',
      next: 'Send fewer changes in one batch.',
    })
  }
  return bounded
}

/** What an earlier sending of the same batch left, or null. */
async function readStored(
  writer: MetadataWriter,
  user: string,
  key: string,
  digest: Digest,
): Promise<StoredAnswer | null> {
  const stored = await writer.result(user, key)
  if (stored === null) return null
  if (stored.digest === digest) return decodeStoredAnswer(stored.answer)
  throw new TidemarkError('key-reused', 'This key was used with other changes.', {
    subject: 'key',
    next: 'Draw a new key for new changes.',
  })
}

function keep(context: ServerContext, head: WorkspaceHead, overlay: Overlay): readonly KeptRevision[] {
  const acceptedAt = context.clock.now()
  let hash = head.hash
  return overlay.drafts.map(({ revision, last }) => {
    hash = nextHash(context.hasher, hash, revision)
    return { revision, last, acceptedAt, hash }
  })
}

function storedVerdicts(
  verdicts: readonly Verdict[],
  results: readonly ChangeResult[],
): readonly StoredVerdict[] | null {
  if (!verdicts.some(({ verdict }) => verdict === 'accepted')) return null
  return results.map(
    (result) =>
      [result.verdict === 'accepted' ? 'a' : 'u', result.verdict === 'refused' ? 0 : result.sequence] as const,
  )
}

function replayed(
  group: ChangeGroup,
  stored: readonly StoredVerdict[],
  current: (id: NodeId) => Revision | null,
): readonly ChangeResult[] {
  return group.map((change, at): ChangeResult => {
    const [verdict, sequence] = stored[at] ?? ['u', 0]
    return verdict === 'a'
      ? { verdict: 'accepted', sequence }
      : { verdict: 'unchanged', sequence, current: current(change.id) }
  })
}

function isAccepted(verdict: Verdict | undefined): boolean {
  return verdict?.verdict === 'accepted'
}

interface Outcome {
  readonly answer: CommitAnswer
  /** Highest sequence given now; 0 when nothing was. */
  readonly committed: number
}

function divergedAnswer(head: WorkspaceHead): Outcome {
  const answer = {
    type: 'commit',
    standing: 'diverged',
    results: [],
    first: 0,
    last: 0,
    previousHead: head.sequence,
    hash: head.hash,
  } as const
  return { answer, committed: 0 }
}

async function carryOut(by: Judged, writer: MetadataWriter, request: CommitRequest): Promise<Outcome> {
  const { context, principal } = by
  const { head, verdict } = await readStanding(writer, request.cursor, request.witness)
  if (verdict === 'diverged') return divergedAnswer(head)
  const digest = changesDigest(context, request.groups)
  const stored = await readStored(writer, principal.user, request.key, digest)
  await storeManifests(context, writer, request.manifests)
  const open = request.groups.filter((_, at) => !stored?.groups[at])
  const { overlay, verdicts, contents } = await judgeGroups(by, writer, head, open)
  const known = await readMissing(writer, overlay, request.groups)
  const fresh = open.map((group, at) =>
    group.map((change, index) => toResult(verdicts[at]?.[index] ?? { verdict: 'unchanged' }, change, known)),
  )
  const kept = keep(context, head, overlay)
  const groups: (readonly StoredVerdict[] | null)[] = []
  let next = 0
  const results = boundResults(
    request.groups.map((group, at) => {
      const old = stored?.groups[at] ?? null
      groups.push(old ?? storedVerdicts(verdicts[next] ?? [], fresh[next] ?? []))
      return old === null ? (fresh[next++] ?? []) : replayed(group, old, known)
    }),
  )
  const span = spanOf(head, kept, stored)
  if (kept.length > 0) {
    await writer.append(kept)
    const accepted = open.flatMap((group, at) => group.filter((_, index) => isAccepted(verdicts[at]?.[index])))
    await claimContents(writer, contents, accepted)
  }
  if (kept.length > 0 || stored === null) {
    const record = encodeStoredAnswer({ ...span, groups })
    await writer.putResult(principal.user, request.key, { digest, answer: record }, context.clock.now())
  }
  return {
    answer: { type: 'commit', standing: 'current', results, ...span },
    committed: kept.length > 0 ? span.last : 0,
  }
}

/** The sequences given now; of a repeated batch that got nothing new, those it got before. */
function spanOf(
  head: WorkspaceHead,
  kept: readonly KeptRevision[],
  stored: StoredAnswer | null,
): Omit<StoredAnswer, 'groups'> {
  const last = kept.at(-1)
  if (last !== undefined) {
    return { first: head.sequence + 1, last: last.revision.sequence, previousHead: head.sequence, hash: last.hash }
  }
  if (stored === null || stored.last === 0) return { first: 0, last: 0, previousHead: head.sequence, hash: head.hash }
  const { first, previousHead, hash } = stored
  return { first, last: stored.last, previousHead, hash }
}

/** Current revisions also of the nodes that were not judged again. */
async function readMissing(
  reader: MetadataReader,
  overlay: Overlay,
  groups: readonly ChangeGroup[],
): Promise<(id: NodeId) => Revision | null> {
  const ids = [...new Set(groups.flat().map(({ id }) => id))].filter((id) => overlay.revision(id) === null)
  const found = ids.length === 0 ? new Map<NodeId, Revision>() : await reader.revisions(ids)
  return (id) => overlay.revision(id) ?? found.get(id) ?? null
}

export async function commit(context: ServerContext, principal: Principal, request: CommitRequest): Promise<Outcome> {
  const id = await findWorkspace(context, principal, request.workspace)
  const by: Judged = { context, principal, workspace: { id, name: request.workspace }, contentLater: false }
  if (request.chunks.length > 0) {
    // bytes go in before the lock is taken, but not for a device of another history
    const { head, verdict } = await context.metadata.read(id, (reader) =>
      readStanding(reader, request.cursor, request.witness),
    )
    if (verdict === 'diverged') return divergedAnswer(head)
    try {
      // what has to be sent whole is missing then, and each change that needs it says so
      await storeChunks(context, { workspace: id, user: principal.user }, request.chunks)
    } catch (error) {
      // none of them is kept; each change is then judged by itself
      if (!isTidemarkError(error) || error.code !== 'over-quota') throw error
    }
  }
  return context.metadata.transact(id, (writer) => carryOut(by, writer, request))
}
