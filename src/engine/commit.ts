/**
 * Sends the commits of a plan and takes the answers into the trees (SPEC 1, DESIGN 3.5). An entry of the outbox is
 * durable before its first byte leaves and goes only with its answer; only results enter the synced tree.
 */

import { type ErrorCode, isTidemarkError, TidemarkError } from '../errors.js'
import type { Random } from '../interfaces/random.js'
import type { ChangeGroup, ChangeResult } from '../model/change.js'
import { toHex } from '../model/hex.js'
import type { Digest, NodeId } from '../model/ids.js'
import type { CommitOperation } from '../model/plan.js'
import type { SyncMode } from '../model/sync-mode.js'
import { LIMITS } from '../protocol/limits.js'
import type { CommitAnswer, CommitRequest } from '../protocol/messages.js'
import { type ResultParts, takeRefusal, takeRemoteResult, takeResult } from './commit-results.js'
import { ContentSource, type NewContent } from './content-source.js'
import { DeltaUpload } from './delta-upload.js'
import { knownHead, moveCursor, raiseWitness } from './feed.js'
import type { OutboxEntry } from './outbox.js'
import {
  fitBeside,
  INLINE_BYTES,
  inFrames,
  likelyMissing,
  type Parcel,
  parcelOf,
  putChunks,
  putManifests,
  lookAgain,
  type UploadParts,
  wiresOf,
} from './upload.js'

export interface CommitParts extends UploadParts, ResultParts {
  readonly mode: SyncMode
  readonly random: Random
}

export interface CommitOutcome {
  /** Nodes whose change was not accepted: nothing that depends on them may be applied. */
  readonly refused: ReadonlySet<NodeId>
  /** The server's history is not the one these changes were made on. */
  readonly diverged: boolean
}

/** Rough bytes of a change in a frame, for splitting a plan into batches. */
const CHANGE_BYTES = 400
/** Chunks may vanish between announce and commit (a collection): then they are sent again, this often. */
const TRIES = 3

/** Errors that answer a commit: the server judged it and did nothing. */
const REFUSED_WHOLE: ReadonlySet<ErrorCode> = new Set(['invalid', 'too-large', 'key-reused', 'forbidden', 'over-quota'])

/** Sends the groups of a plan, in order. */
export async function commitAll(
  parts: CommitParts,
  operations: readonly CommitOperation[],
  signal: AbortSignal,
): Promise<CommitOutcome> {
  const refused = new Set<NodeId>()
  const parcels: Parcel[] = []
  for (const { changes, observations } of operations) {
    const parcel = await parcelOf(parts, changes, observations, signal)
    if (parcel === null) for (const change of changes) refused.add(change.id)
    else parcels.push(parcel)
  }
  for (const batch of inBatches(parcels)) {
    const ready = await transfer(parts, batch, refused, signal)
    if (ready === 'diverged') return { refused, diverged: true }
    if (ready.length === 0) continue
    const entry = await enterOutbox(parts, ready)
    if ((await settleEntry(parts, entry, contentsOf(ready), refused, signal)) === 'diverged')
      return { refused, diverged: true }
  }
  return { refused, diverged: false }
}

/**
 * Sends groups that a person asked for and whose contents the server has, in order: the disk has nothing of them yet, so
 * what is accepted enters the remote tree alone.
 */
export async function commitAsked(
  parts: CommitParts,
  groups: readonly ChangeGroup[],
  signal: AbortSignal,
): Promise<CommitOutcome> {
  const refused = new Set<NodeId>()
  for (const batch of inBatches(groups.map((changes) => ({ changes, observations: [], contents: [] })))) {
    const entry = await enterOutbox(parts, batch, { takes: 'remote' })
    if ((await settleEntry(parts, entry, [], refused, signal)) === 'diverged') return { refused, diverged: true }
  }
  return { refused, diverged: false }
}

/** After a restart: entries whose answer never came, oldest first, under their old keys. */
export async function resolveOutbox(parts: CommitParts, signal: AbortSignal): Promise<'settled' | 'diverged'> {
  for (const entry of [...parts.state.outbox]) {
    const contents: NewContent[] = []
    if ((await settleEntry(parts, entry, contents, new Set(), signal)) === 'diverged') return 'diverged'
  }
  return 'settled'
}

/**
 * Nothing may go up: what an earlier run sent, or was about to, is not sent again. The feed tells what became of it, and
 * equal content is adopted.
 */
export async function dropOutbox({ state }: CommitParts): Promise<void> {
  if (state.outbox.length === 0) return
  for (const entry of [...state.outbox]) state.dropOutbox(entry)
  await state.save()
}

function* inBatches(parcels: readonly Parcel[]): Generator<readonly Parcel[]> {
  const weigh = (parcel: Parcel): number => parcel.changes.length * CHANGE_BYTES
  for (const frame of inFrames(parcels, weigh, LIMITS.changes)) {
    let batch: Parcel[] = []
    let changes = 0
    for (const parcel of frame) {
      if (batch.length > 0 && changes + parcel.changes.length > LIMITS.changes) {
        yield batch
        batch = []
        changes = 0
      }
      batch.push(parcel)
      changes += parcel.changes.length
    }
    yield batch
  }
}

function contentsOf(parcels: readonly Parcel[]): readonly NewContent[] {
  return parcels.flatMap((parcel) => parcel.contents)
}

/** Brings the contents of a batch to the server, unless they are few enough to travel with the commit. Returns what may be committed. */
async function transfer(
  parts: CommitParts,
  batch: readonly Parcel[],
  refused: Set<NodeId>,
  signal: AbortSignal,
): Promise<readonly Parcel[] | 'diverged'> {
  const contents = contentsOf(batch)
  if (contents.length === 0 || isSmall(contents)) return batch
  const { link, local, hasher } = parts
  const manifests = fitBeside(contents)
  if (manifests === null) await putManifests(parts, contents, signal)
  const { cursor, witness } = knownHead(parts.state)
  const groups = batch.map((parcel) => parcel.changes)
  const answer = await link.ask(
    { type: 'announce', workspace: link.workspace, cursor, witness, groups, manifests: manifests ?? [] },
    signal,
  )
  if (answer.standing === 'diverged') return 'diverged'
  const wanted = batch.filter((parcel, at) => takeAnnounced(parts, parcel, answer.results[at] ?? [], refused))
  const source = new ContentSource(local, hasher, contentsOf(wanted))
  const missing = answer.missingChunks.filter((digest) => source.length(digest) > 0)
  await putChunks(parts, source, missing, new DeltaUpload(link, contentsOf(wanted)), signal)
  return wanted.filter((parcel) => stillThere(parts, parcel, source.moved, refused))
}

function isSmall(contents: readonly NewContent[]): boolean {
  let bytes = 0
  for (const { manifest, base, wire } of contents) {
    bytes += wire.form === 'patch' ? wire.patch.length : manifest.chunks.length * 36
    const known = new Set(base?.manifest.chunks.map((chunk) => chunk.digest))
    for (const chunk of manifest.chunks) if (!known.has(chunk.digest)) bytes += chunk.length
    if (bytes > INLINE_BYTES) return false
  }
  return true
}

/** A group that is stale already need not send its bytes: its refusal is taken now. */
function takeAnnounced(
  parts: CommitParts,
  parcel: Parcel,
  results: readonly ChangeResult[],
  refused: Set<NodeId>,
): boolean {
  const final = results.some(
    (result) => result.verdict === 'refused' && result.reason !== 'need-manifest' && result.reason !== 'missing-chunks',
  )
  if (!final) return true
  parcel.changes.forEach((change, at) => {
    const result = results[at]
    if (result !== undefined) takeRefusal(parts, change, result, refused)
  })
  return false
}

function stillThere(parts: CommitParts, parcel: Parcel, moved: ReadonlySet<NodeId>, refused: Set<NodeId>): boolean {
  const gone = parcel.contents.filter((content) => moved.has(content.id))
  if (gone.length === 0) return true
  lookAgain(parts, gone)
  for (const change of parcel.changes) refused.add(change.id)
  return false
}

async function enterOutbox(
  parts: CommitParts,
  parcels: readonly Parcel[],
  mark: Pick<OutboxEntry, 'takes'> = {},
): Promise<OutboxEntry> {
  const { state, random } = parts
  const entry: OutboxEntry = {
    order: (state.outbox.at(-1)?.order ?? 0) + 1,
    key: toHex(random.bytes(16)),
    ...knownHead(parts.state),
    groups: parcels.map((parcel) => parcel.changes),
    observations: parcels.map((parcel) => parcel.observations),
    ...mark,
  }
  state.addOutbox(entry)
  await state.save()
  return entry
}

/** Sends an entry until it is answered for good. Contents it lacks are sent first, when this disk still has them. */
async function settleEntry(
  parts: CommitParts,
  entry: OutboxEntry,
  contents: readonly NewContent[],
  refused: Set<NodeId>,
  signal: AbortSignal,
): Promise<'settled' | 'diverged'> {
  const { state, local, hasher } = parts
  const source = new ContentSource(local, hasher, contents)
  const deltas = new DeltaUpload(parts.link, contents)
  const inline = contents.length > 0 && isSmall(contents)
  for (let tried = 1; ; tried++) {
    const first = tried === 1 && inline
    const send = (chunks: CommitRequest['chunks']): Promise<CommitAnswer> =>
      sendEntry(parts, entry, { ...request, chunks }, signal)
    const request = {
      type: 'commit',
      workspace: parts.link.workspace,
      cursor: entry.cursor,
      witness: entry.witness,
      key: entry.key,
      groups: entry.groups,
      manifests: first ? wiresOf(contents) : [],
    } as const
    const chunks = first ? await source.read(likelyMissing(contents), signal) : []
    const answer = await deltas.through(chunks, send, signal)
    if (answer.standing === 'diverged') return 'diverged'
    const lacking = lackedBy(answer, contents)
    if (lacking === null || tried >= TRIES) {
      lookAgain(
        parts,
        contents.filter(({ id }) => source.moved.has(id)),
      )
      takeAnswer(parts, entry, answer, refused)
      state.dropOutbox(entry)
      await state.save()
      return 'settled'
    }
    await putManifests(parts, lacking.contents, signal)
    const due = lacking.chunks.length > 0 ? lacking.chunks : likelyMissing(lacking.contents)
    await putChunks(parts, source, due, null, signal)
  }
}

/** A batch that the server refused as a whole is answered: nothing of it was done, and the next plan may be another. */
async function sendEntry(
  { link, state }: CommitParts,
  entry: OutboxEntry,
  request: CommitRequest,
  signal: AbortSignal,
): Promise<CommitAnswer> {
  try {
    return await link.ask(request, signal)
  } catch (error) {
    if (isTidemarkError(error) && error.data['answered'] === true && REFUSED_WHOLE.has(error.code)) {
      state.dropOutbox(entry)
      await state.save()
    }
    throw error
  }
}

/** What an answer says is missing and this batch can still send; null when nothing. */
function lackedBy(
  answer: CommitAnswer,
  contents: readonly NewContent[],
): { contents: readonly NewContent[]; chunks: readonly Digest[] } | null {
  const culprits = new Set<NodeId>()
  const chunks = new Set<Digest>()
  for (const result of answer.results.flat()) {
    if (result.verdict !== 'refused') continue
    if (result.reason === 'need-manifest' || result.reason === 'missing-chunks') culprits.add(result.culprit)
    for (const digest of result.missing ?? []) chunks.add(digest)
  }
  const found = contents.filter((content) => culprits.has(content.id))
  return found.length === 0 ? null : { contents: found, chunks: [...chunks] }
}

function takeAnswer(parts: CommitParts, entry: OutboxEntry, answer: CommitAnswer, refused: Set<NodeId>): void {
  const { state, progress, dirty } = parts
  const late = { ...parts, sentAt: entry.cursor?.sequence ?? 0 }
  let accepted = 0
  let told = answer.last
  entry.groups.forEach((group, groupAt) => {
    group.forEach((change, at) => {
      const result = answer.results[groupAt]?.[at]
      const observation = entry.observations[groupAt]?.[at]
      if (result === undefined || (observation === undefined && entry.takes === undefined))
        throw new TidemarkError('invalid', 'a commit answer lacks results', { subject: 'results' })
      if (result.verdict === 'refused') return takeRefusal(parts, change, result, refused)
      accepted += result.verdict === 'accepted' ? 1 : 0
      told = Math.max(told, result.sequence)
      if (observation === undefined) takeRemoteResult(late, change, result)
      else takeResult(late, change, result, observation)
    })
  })
  progress.uploaded(accepted)
  takeHead(parts, answer)
  // The server is further than this device knows: until it has asked, it is not in step (INV-32).
  if (told > (state.get('cursor')?.sequence ?? 0)) dirty.hinted(told)
}

/** Also where nothing was accepted the answer says how far the server is: one that knows less later lost its history. */
function takeHead({ state }: CommitParts, { last, hash, previousHead }: CommitAnswer): void {
  const cursor = state.get('cursor')
  raiseWitness(state, { sequence: last || previousHead, hash })
  if (last > 0 && cursor?.sequence === previousHead) moveCursor(state, { epoch: cursor.epoch, sequence: last, hash })
}
