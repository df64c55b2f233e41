/**
 * Lies a server can tell (A9, SEC-48): each changes what an honest server said. What must come of it is the same for all,
 * see hostile-server.test.ts; `ends` says where the outcome is certain.
 */

import {
  type Answer,
  type ChangeResult,
  type Digest,
  LIMITS,
  type Manifest,
  type Node,
  type NodeId,
  type Request,
  type Revision,
  ROOT_ID,
} from '../../src/index.js'
import { BAD_NAMES } from './protocol.table.js'

type Lie = (answer: Answer, request: Request) => Answer

export interface HostileAnswer {
  readonly title: string
  readonly lie: Lie
  /** Code of the error a sync ends with, where there is one for certain. */
  readonly ends?: string
  /**
   * A tree that could be true: the server is believed, as it is the authority on what it has. What the user wrote is in
   * the tree or in the trash all the same.
   */
  readonly believed?: true
}

type Standing = Extract<Answer, { type: 'hello' | 'pull' }>['state']
type Page = Extract<Standing, { standing: 'current' }>['page']

const STRANGER = 'f'.repeat(32) as NodeId
const SECOND = 'e'.repeat(32) as NodeId
const DIGEST = 'ab'.repeat(32) as Digest
const GIB = 2 ** 30

function page(change: (given: Page) => Page): Lie {
  return (answer) => {
    if ((answer.type !== 'hello' && answer.type !== 'pull') || answer.state.standing !== 'current') return answer
    return { ...answer, state: { ...answer.state, page: change(answer.state.page) } }
  }
}

function nodes(change: (node: Node, sequence: number) => Node): Lie {
  return page((given) => ({
    ...given,
    revisions: given.revisions.map((revision) =>
      revision.node === null ? revision : { ...revision, node: change(revision.node, revision.sequence) },
    ),
  }))
}

/** One more node behind the honest ones, in a page that would still be one. */
function told(...extra: readonly (Partial<Node> & { readonly id?: NodeId })[]): Lie {
  return page((given) => {
    const revisions: Revision[] = extra.map((node, at) => ({
      id: node.id ?? STRANGER,
      sequence: given.cursor.sequence + 1 + at,
      node: { ...PLAIN, id: node.id ?? STRANGER, ...node },
    }))
    const cursor = { ...given.cursor, sequence: given.cursor.sequence + extra.length }
    return { ...given, revisions: [...given.revisions, ...revisions], cursor }
  })
}

const PLAIN: Node = {
  id: STRANGER,
  parentId: ROOT_ID,
  name: 'told',
  key: 'told',
  kind: 'directory',
  content: null,
  size: 0,
  modifiedAt: 0,
  executable: false,
  conflictOf: null,
}

function manifests(change: (manifest: Manifest, digest: Digest) => Manifest): Lie {
  return (answer) =>
    answer.type !== 'get-manifests'
      ? answer
      : {
          ...answer,
          manifests: answer.manifests.map((wire) =>
            wire.form === 'whole' ? { ...wire, manifest: change(wire.manifest, wire.digest) } : wire,
          ),
        }
}

type Chunks = Extract<Answer, { type: 'get-chunks' }>

function chunks(change: (given: Chunks) => Answer): Lie {
  return (answer) => (answer.type === 'get-chunks' ? change(answer) : answer)
}

type Commit = Extract<Answer, { type: 'commit' }>

function commits(change: (given: Commit) => Answer): Lie {
  return (answer) => (answer.type === 'commit' ? change(answer) : answer)
}

function results(change: (result: ChangeResult) => ChangeResult): Lie {
  return commits((given) => ({ ...given, results: given.results.map((group) => group.map(change)) }))
}

type Hello = Extract<Answer, { type: 'hello' }>

function rules(change: Partial<Record<keyof Hello['rule'], unknown>>): Lie {
  return (answer) =>
    answer.type === 'hello' ? { ...answer, rule: { ...answer.rule, ...change } as Hello['rule'] } : answer
}

/** A file that is told to be huge, with a manifest that fits. */
function huge(size: number): Lie {
  const declared: Lie = nodes((node) => (node.content === null ? node : { ...node, size }))
  const chunk = Math.min(size, LIMITS.chunkBytes)
  const lies = manifests(() => ({
    chunks: Array.from({ length: Math.ceil(size / chunk) }, () => ({ digest: DIGEST, length: chunk })),
    size,
  }))
  return (answer, request) => lies(declared(answer, request), request)
}

const NAMES: readonly HostileAnswer[] = BAD_NAMES.flatMap((name) => [
  { title: `a node called ${JSON.stringify(name)}`, lie: nodes((node) => ({ ...node, name, key: name || 'k' })) },
  { title: `one more directory called ${JSON.stringify(name)}`, lie: told({ name, key: name || 'k' }) },
])

const TREES: readonly HostileAnswer[] = [
  { title: 'nodes below themselves', lie: nodes((node) => ({ ...node, parentId: node.id })) },
  {
    title: 'two directories below each other',
    lie: told(
      { id: STRANGER, parentId: SECOND, name: 'a', key: 'a' },
      { id: SECOND, parentId: STRANGER, name: 'b', key: 'b' },
    ),
  },
  { title: 'a directory below one that is not there', lie: told({ parentId: SECOND }) },
  {
    title: 'a child before its parent',
    lie: told(
      { id: STRANGER, parentId: SECOND, name: 'child', key: 'child' },
      { id: SECOND, name: 'parent', key: 'parent' },
    ),
  },
  {
    title: 'a directory below a file',
    lie: page(
      (given) =>
        told({ parentId: given.revisions.find(({ node }) => node?.kind === 'file')?.id ?? SECOND })(
          asAnswer(given),
          PULL,
        ) as never,
    ),
  },
  { title: 'the root as a node', lie: told({ id: ROOT_ID }) },
  {
    believed: true,
    title: 'all nodes under one name',
    lie: nodes((node) => ({ ...node, parentId: ROOT_ID, name: 'same', key: 'same' })),
  },
  {
    title: 'one node twice in a page',
    lie: page((given) => ({ ...given, revisions: given.revisions.flatMap((row) => [row, { ...row }]) })),
  },
  {
    believed: true,
    title: 'files that are directories now',
    lie: nodes((node) => ({ ...node, kind: 'directory', content: null, size: 0 })),
  },
  {
    believed: true,
    title: 'directories that are files now',
    lie: nodes((node) => ({ ...node, kind: 'file', content: node.content ?? DIGEST })),
  },
  { believed: true, title: 'a kind nobody knows', lie: nodes((node) => ({ ...node, kind: 'door' })) },
  { title: 'a file without content', lie: nodes((node) => ({ ...node, kind: 'file', content: null })) },
  { title: 'a conflict copy of itself', lie: nodes((node) => ({ ...node, conflictOf: node.id })) },
  { title: 'a negative size', lie: nodes((node) => ({ ...node, size: -1 })) },
  { title: 'a time that is no number', lie: nodes((node) => ({ ...node, modifiedAt: Number.NaN })) },
  { title: 'a size of half a byte', lie: nodes((node) => ({ ...node, size: 0.5 })) },
]

const PAGES: readonly HostileAnswer[] = [
  {
    title: 'a page that starts elsewhere',
    lie: page((given) => ({ ...given, from: given.from + 1 })),
    ends: 'invalid',
  },
  {
    title: 'a page that starts before',
    lie: page((given) => ({ ...given, from: Math.max(0, given.from - 1) })),
    ends: 'invalid',
  },
  {
    title: 'a sequence that goes back',
    lie: page((given) => ({ ...given, revisions: [...given.revisions].reverse() })),
    ends: 'invalid',
  },
  {
    title: 'a sequence that stands still',
    lie: page((given) => ({
      ...given,
      revisions: given.revisions.map((row) => ({ ...row, sequence: given.from + 1 })),
    })),
    ends: 'invalid',
  },
  {
    title: 'a sequence below what is known',
    lie: page((given) => ({ ...given, revisions: given.revisions.map((row) => ({ ...row, sequence: 0 })) })),
    ends: 'invalid',
  },
  {
    title: 'a sequence beyond all',
    lie: page((given) => ({ ...given, revisions: given.revisions.map((row) => ({ ...row, sequence: 2 ** 53 })) })),
    ends: 'invalid',
  },
  {
    title: 'a cursor below its revisions',
    lie: page((given) => ({ ...given, cursor: { ...given.cursor, sequence: given.from } })),
    ends: 'invalid',
  },
  {
    title: 'a page that leads nowhere',
    lie: page((given) => ({ ...given, revisions: [], head: false, cursor: { ...given.cursor, sequence: given.from } })),
    ends: 'invalid',
  },
  {
    title: 'a cursor of another history',
    lie: page((given) => ({ ...given, cursor: { ...given.cursor, epoch: '9'.repeat(32) as never } })),
  },
  {
    believed: true,
    title: 'everything deleted',
    lie: page((given) => ({
      ...given,
      revisions: given.revisions.map(({ id, sequence }) => ({ id, sequence, node: null })),
    })),
  },
]

const CONTENTS: readonly HostileAnswer[] = [
  { title: 'an empty manifest for a file', lie: manifests(() => ({ chunks: [], size: 0 })) },
  { title: 'a manifest of other chunks', lie: manifests(() => ({ chunks: [{ digest: DIGEST, length: 5 }], size: 5 })) },
  {
    title: 'each manifest under the digest of another one',
    lie: (answer) =>
      answer.type !== 'get-manifests'
        ? answer
        : {
            ...answer,
            manifests: answer.manifests.map((wire, at, all) => ({ ...(all.at(at - 1) ?? wire), digest: wire.digest })),
          },
  },
  { believed: true, title: 'a file of 10 GB', lie: huge(10 * GIB) },
  { believed: true, title: 'a file of 200 GB', lie: huge(200 * GIB) },
  {
    believed: true,
    title: 'all sizes one byte more',
    lie: nodes((node) => (node.content === null ? node : { ...node, size: node.size + 1 })),
  },
  {
    believed: true,
    title: 'contents nobody has',
    lie: nodes((node) => (node.content === null ? node : { ...node, content: DIGEST })),
  },
  {
    title: 'no manifest at all',
    lie: (answer) => (answer.type === 'get-manifests' ? { ...answer, manifests: [], absent: [] } : answer),
    ends: 'invalid',
  },
  {
    title: 'manifests that are all absent',
    lie: (answer, request) =>
      answer.type === 'get-manifests' && request.type === 'get-manifests'
        ? { ...answer, manifests: [], absent: request.wanted.map(({ digest }) => digest) }
        : answer,
  },
  {
    title: 'chunks of other bytes',
    lie: chunks((given) => ({
      ...given,
      chunks: given.chunks.map((chunk) => ({ ...chunk, bytes: chunk.bytes.map((byte) => byte ^ 1) })),
    })),
  },
  {
    title: 'chunks cut short',
    lie: chunks((given) => ({
      ...given,
      chunks: given.chunks.map((chunk) => ({ ...chunk, bytes: chunk.bytes.slice(0, -1) })),
    })),
  },
  {
    title: 'chunks grown long',
    lie: chunks((given) => ({
      ...given,
      chunks: given.chunks.map((chunk) => ({ ...chunk, bytes: Uint8Array.of(...chunk.bytes, 0) })),
    })),
  },
  {
    title: 'chunks of an unknown encoding',
    lie: chunks((given) => ({ ...given, chunks: given.chunks.map((chunk) => ({ ...chunk, encoding: 'rot13' })) })),
    ends: 'unknown-encoding',
  },
  {
    title: 'a chunk nobody asked for',
    lie: chunks((given) => ({
      ...given,
      chunks: [{ digest: DIGEST, encoding: 'identity', bytes: Uint8Array.of(1) }, ...given.chunks],
    })),
    ends: 'invalid',
  },
  {
    title: 'a chunk twice',
    lie: chunks((given) => ({ ...given, chunks: given.chunks.flatMap((chunk) => [chunk, chunk]) })),
    ends: 'invalid',
  },
  { title: 'no chunk at all', lie: chunks((given) => ({ ...given, chunks: [], absent: [] })), ends: 'invalid' },
  {
    title: 'chunks that are all absent',
    lie: chunks((given) => ({ ...given, chunks: [], absent: given.chunks.map(({ digest }) => digest) })),
  },
]

const COMMITS: readonly HostileAnswer[] = [
  { title: 'a commit without results', lie: commits((given) => ({ ...given, results: [] })), ends: 'invalid' },
  {
    title: 'a commit with one result too many',
    lie: commits((given) => ({ ...given, results: [...given.results, ...given.results] })),
    ends: 'invalid',
  },
  {
    title: 'a commit about another node',
    lie: results(() => ({ verdict: 'unchanged', sequence: 1, current: { id: STRANGER, sequence: 1, node: null } })),
    ends: 'invalid',
  },
  {
    title: 'a commit accepted at sequence 0',
    lie: results((result) => (result.verdict === 'accepted' ? { ...result, sequence: 0 } : result)),
  },
  {
    title: 'a commit accepted far ahead',
    lie: results((result) => (result.verdict === 'accepted' ? { ...result, sequence: 1_000_000 } : result)),
  },
  {
    title: 'a commit refused for ever',
    lie: (answer, request) =>
      answer.type === 'commit' && request.type === 'commit'
        ? {
            ...answer,
            first: 0,
            last: 0,
            results: request.groups.map((group) =>
              group.map(({ id }) => ({ verdict: 'refused', reason: 'stale', culprit: id, current: null })),
            ),
          }
        : answer,
  },
  {
    title: 'a commit that lacks chunks for ever',
    lie: (answer, request) =>
      answer.type === 'commit' && request.type === 'commit'
        ? {
            ...answer,
            first: 0,
            last: 0,
            results: request.groups.map((group) =>
              group.map(({ id }) => ({
                verdict: 'refused',
                reason: 'missing-chunks',
                culprit: id,
                current: null,
                missing: [DIGEST],
              })),
            ),
          }
        : answer,
  },
  { title: 'a commit on another history', lie: commits((given) => ({ ...given, standing: 'diverged', results: [] })) },
  { title: 'a commit with another hash', lie: commits((given) => ({ ...given, hash: DIGEST })) },
]

const HELLOS: readonly HostileAnswer[] = [
  { title: 'an unknown digest algorithm', lie: rules({ algorithm: 'md5' }), ends: 'invalid' },
  { title: 'another boundary seed', lie: rules({ boundarySeed: '7'.repeat(32) }), ends: 'invalid' },
  { title: 'a workspace key', lie: rules({ keyCheck: DIGEST }), ends: 'invalid' },
  { title: 'chunks of one byte', lie: rules({ averages: [[null, 1]] }), ends: 'invalid' },
  { title: 'chunks of a gigabyte', lie: rules({ averages: [[null, GIB]] }) },
  { title: 'no table of averages', lie: rules({ averages: [] }), ends: 'invalid' },
  {
    title: 'every device is a clone',
    lie: (answer) => (answer.type === 'hello' ? { ...answer, device: 'clone' } : answer),
    ends: 'busy',
  },
  {
    title: 'an answer of another type',
    lie: (answer) => (answer.type === 'hello' ? { type: 'put', needWhole: [] } : answer),
    ends: 'invalid',
  },
  {
    title: 'an error of a later version',
    lie: () => ({
      type: 'error',
      code: 'too-hot' as never,
      message: 'x'.repeat(5_000),
      subject: null,
      retryAfterMs: null,
    }),
    ends: 'internal',
  },
  {
    title: 'an error that asks for a wait of a century',
    lie: () => ({ type: 'error', code: 'forbidden', message: 'no', subject: '\u0007', retryAfterMs: 3e12 }),
    ends: 'forbidden',
  },
]

const PULL = {} as Request

function asAnswer(given: Page): Answer {
  return { type: 'pull', state: { standing: 'current', page: given } }
}

export const HOSTILE: readonly HostileAnswer[] = [...NAMES, ...TREES, ...PAGES, ...CONTENTS, ...COMMITS, ...HELLOS]
