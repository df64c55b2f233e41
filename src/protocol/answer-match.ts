/** Whether an answer can belong to a request. The client treats every server as hostile: what was not asked for is refused. */

import { TidemarkError } from '../errors.js'
import type { ChangeGroup, ChangeResult } from '../model/change.js'
import type { HistoryRow, HistorySubject } from '../model/history.js'
import type { Digest } from '../model/ids.js'
import type {
  Answer,
  GetChunksAnswer,
  GetChunksRequest,
  HistoryAnswer,
  HistoryRequest,
  ListAnswer,
  ListRequest,
  Request,
  Standing,
} from './messages.js'

function refuse(subject: string, message: string): never {
  throw new TidemarkError('invalid', message, { subject, next: 'Check the server: it does not keep to the protocol.' })
}

function checkResults(groups: readonly ChangeGroup[], results: readonly (readonly ChangeResult[])[]): void {
  if (results.length !== groups.length) refuse('answer.results', 'The answer does not have one result per group.')
  groups.forEach((group, at) => {
    const given = results[at] ?? []
    if (given.length !== group.length) refuse('answer.results', 'The answer does not have one result per change.')
    group.forEach((change, index) => {
      const result = given[index]
      if (result === undefined || result.verdict === 'accepted') return
      if (result.current !== null && result.current.id !== change.id)
        refuse('answer.results', 'A result is about another node.')
    })
  })
}

/** A page must start where the request stood; without a cursor, at the beginning. */
function checkState(cursor: { readonly epoch: string; readonly sequence: number } | null, state: Standing): void {
  if (state.standing !== 'current') return
  if (state.page.from !== (cursor?.sequence ?? 0)) refuse('answer.state.page.from', 'The page starts elsewhere.')
  if (cursor !== null && state.page.cursor.epoch !== cursor.epoch)
    refuse('answer.state.page.cursor.epoch', 'The page is of another history.')
}

function checkList(request: ListRequest, answer: ListAnswer): void {
  let last: string = request.after ?? ''
  for (const revision of answer.revisions) {
    if (revision.node === null) refuse('answer.revisions', 'A listing names live nodes only.')
    if (revision.id <= last) refuse('answer.revisions', 'A listing ascends by node id.')
    last = revision.id
  }
  if (answer.after !== null && (answer.revisions.length === 0 || answer.after !== last)) {
    refuse('answer.after', 'A listing goes on after its last node.')
  }
  const { at } = request
  if (
    at !== null &&
    (at.epoch !== answer.at.epoch || at.sequence !== answer.at.sequence || at.hash !== answer.at.hash)
  ) {
    refuse('answer.at', 'The listing is of another state.')
  }
}

/** What came and what is absent are, together, a prefix of what was asked; at least one. */
function checkPrefix(asked: readonly Digest[], came: readonly Digest[], absent: readonly Digest[]): void {
  const all = new Set([...came, ...absent])
  if (all.size !== came.length + absent.length) refuse('answer.absent', 'A digest is answered twice.')
  const prefix = new Set([...new Set(asked)].slice(0, all.size))
  if (all.size === 0 || [...all].some((digest) => !prefix.has(digest)))
    refuse('answer.absent', 'The answer is not what was asked.')
}

/** Newest first, each once, older than asked, at most as many, and of nobody else than was asked about. */
function checkHistory(request: HistoryRequest, answer: HistoryAnswer): void {
  if (answer.rows.length > request.limit) refuse('answer.rows', 'More revisions came than were asked for.')
  let before = request.before ?? Number.POSITIVE_INFINITY
  for (const row of answer.rows) {
    if (row.sequence >= before) refuse('answer.rows', 'A history goes down by sequence, from where it was asked.')
    if (!request.subjects.some((subject) => isAbout(row, subject)))
      refuse('answer.rows', 'A revision of nothing that was asked about.')
    before = row.sequence
  }
  if (answer.before !== null && (answer.rows.length === 0 || answer.before !== before))
    refuse('answer.before', 'A history goes on after its last revision.')
}

function isAbout({ node, deleted }: HistoryRow, subject: HistorySubject): boolean {
  switch (subject.of) {
    case 'node':
      return node.id === subject.id
    case 'place':
      return node.parentId === subject.parentId && node.key === subject.key
    case 'deletes':
      return deleted && node.parentId === subject.parentId
  }
}

/** A delta is made of chunks that the request said are held. */
function checkBases({ have }: GetChunksRequest, { chunks }: GetChunksAnswer): void {
  const held = new Set(have)
  for (const { bases } of chunks) {
    if (bases?.some((base) => !held.has(base)))
      refuse('answer.chunks.bases', 'A delta is made of chunks that were not offered.')
  }
}

function digests(came: readonly { readonly digest: Digest }[]): readonly Digest[] {
  return came.map(({ digest }) => digest)
}

function checkPair(request: Request, answer: Answer): boolean {
  if (request.type === 'hello' && answer.type === 'hello') checkState(request.cursor, answer.state)
  else if (request.type === 'pull' && answer.type === 'pull') checkState(request.cursor, answer.state)
  else if (request.type === 'history' && answer.type === 'history') checkHistory(request, answer)
  else if (request.type === 'list' && answer.type === 'list') checkList(request, answer)
  else if (request.type === 'get-chunks' && answer.type === 'get-chunks') {
    checkPrefix(request.digests, digests(answer.chunks), answer.absent)
    checkBases(request, answer)
  } else if (request.type === 'get-signatures' && answer.type === 'get-signatures') {
    const { length } = answer.signatures
    if (length < 1 || length > request.digests.length) refuse('answer.signatures', 'The answer is not what was asked.')
  } else if (request.type === 'get-manifests' && answer.type === 'get-manifests') {
    const asked = request.wanted.map(({ digest }) => digest)
    checkPrefix(asked, digests(answer.manifests), answer.absent)
  } else if (
    (request.type === 'announce' && answer.type === 'announce') ||
    (request.type === 'commit' && answer.type === 'commit')
  ) {
    if (answer.standing === 'current') checkResults(request.groups, answer.results)
  } else return request.type === answer.type && (request.type === 'put' || request.type === 'arriving')
  return true
}

export function checkMatch(request: Request, answer: Answer): void {
  if (answer.type === 'error') return
  if (!checkPair(request, answer)) refuse('answer.type', 'The answer is of another type than the request.')
}
