/**
 * The remote tree: hello, pull and listing (DESIGN 2, SPEC 5.8 and 5.11). Rows and cursor move in one batch (INV-12).
 * It believes no order: a child may come before its parent, so only at the head may a plan be made.
 */

import { checkRule } from '../content/averages.js'
import { TidemarkError } from '../errors.js'
import type { Random } from '../interfaces/random.js'
import type { Cursor, Witness } from '../model/cursor.js'
import { toHex } from '../model/hex.js'
import type { Epoch, NodeId } from '../model/ids.js'
import type { ContentRule } from '../model/manifest.js'
import type { Revision } from '../model/revision.js'
import type { Page, Standing } from '../protocol/messages.js'
import type { EngineState } from './engine-state.js'
import type { Link } from './link.js'
import { unite } from './union.js'

/**
 * `expired`: the server forgot what this device missed. `diverged`: its history is another one (restored, failed over).
 */
export type ResetReason = 'expired' | 'diverged'

export interface FeedParts {
  readonly state: EngineState
  readonly link: Link
  readonly random: Random
  /** Told once per reset, after the listing and before anything is planned from it. */
  readonly onReset: (reason: ResetReason) => void
}

export interface Greeting {
  /** This state was copied from another device or restored: everything has to be verified. */
  readonly cloned: boolean
}

/** Introduces this device and brings the remote tree to the head. One request when nothing changed. */
export async function greet(parts: FeedParts, signal: AbortSignal, mayBeClone = true): Promise<Greeting> {
  const { state, link } = parts
  const identity = await offeredIdentity(parts)
  const answer = await link.ask(
    {
      type: 'hello',
      workspace: link.workspace,
      device: identity.device,
      session: { last: identity.lastSession, next: identity.nextSession },
      cursor: state.get('cursor'),
      witness: state.get('witness'),
    },
    signal,
  )
  if (answer.device === 'clone') {
    if (!mayBeClone)
      throw new TidemarkError('busy', 'the server takes a fresh device for another one', { retryable: true })
    state.set('device', null)
    await state.save()
    await greet(parts, signal, false)
    return { cloned: true }
  }
  state.set('device', { device: identity.device, lastSession: identity.nextSession, nextSession: null })
  adoptRule(state, answer.rule, answer.state)
  await follow(parts, answer.state, signal)
  return { cloned: false }
}

/** How far this device knows the server's history. */
export function knownHead(state: EngineState): { readonly cursor: Cursor; readonly witness: Witness } {
  const cursor = state.get('cursor')
  const witness = state.get('witness')
  if (cursor === null || witness === null) throw new TidemarkError('internal', 'nobody said hello')
  return { cursor, witness }
}

/** Brings the remote tree to the head. */
export async function pull(parts: FeedParts, signal: AbortSignal): Promise<void> {
  const { state, link } = parts
  const question = { type: 'pull', workspace: link.workspace, ...knownHead(state), brief: true } as const
  const answer = await link.ask(question, signal)
  await follow(parts, answer.state, signal)
}

async function follow(parts: FeedParts, standing: Standing, signal: AbortSignal): Promise<void> {
  switch (standing.standing) {
    case 'current':
      await takePage(parts, standing.page)
      if (!standing.page.head) await pull(parts, signal)
      return
    case 'expired':
    case 'diverged':
      await relist(parts, standing.standing, standing.epoch, signal)
  }
}

async function takePage({ state }: FeedParts, page: Page): Promise<void> {
  const cursor = state.get('cursor')
  if (cursor !== null && page.from !== cursor.sequence) {
    throw new TidemarkError('invalid', `a page starts at ${String(page.from)}, asked from ${String(cursor.sequence)}`, {
      subject: 'page.from',
    })
  }
  if (page.cursor.sequence < page.from || (!page.head && page.cursor.sequence === page.from)) {
    throw new TidemarkError('invalid', 'a page does not go on', { subject: 'page.cursor' })
  }
  let last = page.from
  for (const revision of page.revisions) {
    if (revision.sequence <= last || revision.sequence > page.cursor.sequence) {
      throw new TidemarkError('invalid', 'the sequences of a page do not ascend', { subject: revision.id })
    }
    last = revision.sequence
    takeRevision(state, revision)
  }
  moveCursor(state, page.cursor)
  await state.save()
}

/** A revision the server told of, by feed or by answer. Never goes back behind what is known. */
export function takeRevision(state: EngineState, revision: Revision): void {
  const known = state.trees.remoteRevision(revision.id)
  if (known !== null && known.sequence > revision.sequence) return
  state.trees.setRemote(revision.id, revision)
}

/** The cursor of the remote tree, and the witness, which never falls. */
export function moveCursor(state: EngineState, cursor: Cursor): void {
  state.set('cursor', cursor)
  raiseWitness(state, { sequence: cursor.sequence, hash: cursor.hash })
}

export function raiseWitness(state: EngineState, witness: Witness): void {
  const known = state.get('witness')
  if (known === null || known.sequence <= witness.sequence) state.set('witness', witness)
}

/** The whole live tree from the server, then what it means for the synced tree. */
async function relist(parts: FeedParts, reason: ResetReason, epoch: Epoch, signal: AbortSignal): Promise<void> {
  const { state, link } = parts
  const live = new Map<NodeId, Revision>()
  let at: Cursor | null = null
  let after: NodeId | null = null
  do {
    const page: { at: Cursor; revisions: readonly Revision[]; after: NodeId | null } = await link.ask(
      { type: 'list', workspace: link.workspace, at, after },
      signal,
    )
    for (const revision of page.revisions) {
      if (revision.node === null || (after !== null && revision.id <= after)) {
        throw new TidemarkError('invalid', 'a listing names a dead node or goes back', { subject: revision.id })
      }
      live.set(revision.id, revision)
    }
    if (page.at.epoch !== epoch)
      throw new TidemarkError('busy', 'the server changed its history during a listing', { retryable: true })
    if (page.after !== null && after !== null && page.after <= after) {
      throw new TidemarkError('invalid', 'a listing does not go on', { subject: 'after' })
    }
    at = page.at
    after = page.after
  } while (after !== null)
  if (reason === 'expired') dropAbsent(state, live)
  else unite(state, live)
  state.set('cursor', at)
  state.set('witness', { sequence: at.sequence, hash: at.hash })
  await state.save()
  parts.onReset(reason)
  await pull(parts, signal)
}

/** Same history, cursor below the horizon: a known node that a whole listing lacks was deleted. */
function dropAbsent(state: EngineState, live: ReadonlyMap<NodeId, Revision>): void {
  const known = new Set<NodeId>()
  for (const [id] of state.trees.syncedRows()) known.add(id)
  for (const id of state.trees.differing()) known.add(id)
  for (const id of known) {
    if (live.has(id)) continue
    const remote = state.trees.remoteRevision(id)
    if (remote !== null && remote.node !== null)
      state.trees.setRemote(id, { id, sequence: remote.sequence, node: null })
  }
  for (const revision of live.values()) takeRevision(state, revision)
}

async function offeredIdentity({
  state,
  random,
}: FeedParts): Promise<{ device: string; lastSession: string | null; nextSession: string }> {
  const known = state.get('device')
  const identity = {
    device: known?.device ?? toHex(random.bytes(16)),
    lastSession: known?.lastSession ?? null,
    nextSession: known?.nextSession ?? toHex(random.bytes(16)),
  }
  state.set('device', identity)
  await state.save()
  return identity
}

/**
 * The rule of a workspace never changes. Another one under the same key is a workspace made anew, and so is its history;
 * a server that says otherwise, or names another key, is not the one whose digests are stored here.
 */
function adoptRule(state: EngineState, rule: ContentRule, standing: Standing): void {
  checkRule(rule)
  const known = state.get('rule')
  if (known !== null && JSON.stringify(known) === JSON.stringify(rule)) return
  if (known !== null) {
    const sameKey = known.algorithm === rule.algorithm && known.keyCheck === rule.keyCheck
    if (standing.standing !== 'diverged' || !sameKey) {
      throw new TidemarkError('invalid', 'the server names another content rule than this workspace was made with', {
        subject: 'rule',
        next: 'Link the folder anew: its state belongs to another workspace.',
      })
    }
    distrustContents(state)
  }
  state.set('rule', rule)
}

/** Equal bytes have other digests under another rule: every file is read again, whatever its stamp says. */
function distrustContents({ trees }: EngineState): void {
  for (const [id, row] of [...trees.syncedRows()]) {
    if (row.stamp !== null) trees.setSynced(id, { ...row, stamp: { ...row.stamp, racy: true } })
  }
  for (const [id, row] of [...trees.localRows()]) {
    if (row !== 'deleted') trees.setLocal(id, { ...row, stamp: { ...row.stamp, racy: true } })
  }
}
