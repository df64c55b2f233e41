/** A workspace of 100,000 files, said to a server by one who has no folder: as many in a commit as it may hold. */

import { wasmHasher } from '../../adapters/node/index.js'
import { SeededBytes } from '../../scripts/bench/seeded-bytes.js'
import {
  type Answer,
  type AnswerTo,
  type ContentDescription,
  type CreateChange,
  decodeAnswer,
  describeContent,
  encodeRequest,
  type HelloAnswer,
  LIMITS,
  type NodeId,
  type Request,
  ROOT_ID,
  toHex,
  type WireChunk,
} from '../../src/index.js'
import type { Principal, SyncServer } from '../../src/server/index.js'

export const FILES = 100_000
export const DIRECTORIES = 500
const IN_ONE = FILES / DIRECTORIES
/** By number. All others are a line of text. */
const LARGE: ReadonlySet<number> = new Set([0, FILES / 2, FILES - 1])
const LARGE_BYTES = 300_000

export interface LargeFile {
  readonly path: string
  readonly bytes: Uint8Array
  readonly content: ContentDescription
}

type Ask = <R extends Request>(request: R) => Promise<AnswerTo<R>>
type Describe = (bytes: Uint8Array) => ContentDescription

/** Resolves to its files that have more than one chunk. */
export async function largeWorkspace(
  server: SyncServer,
  principal: Principal,
  workspace: string,
): Promise<readonly LargeFile[]> {
  const ask: Ask = async (request) => {
    const answer: Answer = decodeAnswer(await server.handle(encodeRequest(request), principal), request)
    if (answer.type === 'error') throw new Error(JSON.stringify(answer))
    return answer as AnswerTo<typeof request>
  }
  const session = { last: null, next: 'n1' }
  const hello = await ask({ type: 'hello', workspace, device: 'maker', session, cursor: null, witness: null })
  const hasher = await wasmHasher()
  const describe: Describe = (bytes) => describeContent(bytes, { hasher, rule: hello.rule })
  const noise = new SeededBytes('large workspace')
  const directories = Array.from({ length: DIRECTORIES }, (_, at) => directory(noise, `d${digits(at, 3)}`))
  const commit = committer(ask, workspace, hello)
  await commit(directories, [])
  const large: LargeFile[] = []
  const atOnce = LIMITS.changes / IN_ONE
  for (let at = 0; at < DIRECTORIES; at += atOnce) {
    const made = Array.from({ length: LIMITS.changes }, (_, index) => madeFile(noise, at * IN_ONE + index, describe))
    const changes = made.map((file, index) => create(noise, file, directories[at + Math.floor(index / IN_ONE)]!.id))
    await commit(changes, made)
    large.push(...made.filter(({ content }) => content.manifest.chunks.length > 1))
  }
  return large
}

type Commit = (changes: readonly CreateChange[], files: readonly LargeFile[]) => Promise<void>

function committer(ask: Ask, workspace: string, { state }: HelloAnswer): Commit {
  if (state.standing !== 'current') throw new RangeError(state.standing)
  const { cursor } = state.page
  let keys = 0
  return async (changes, files) => {
    const answer = await ask({
      type: 'commit',
      workspace,
      cursor,
      witness: cursor,
      key: (++keys).toString(16).padStart(32, '0'),
      groups: changes.map((change) => [change]),
      manifests: files.map(({ content: { digest, manifest } }) => ({ form: 'whole', digest, manifest })),
      chunks: files.flatMap(chunksOf),
    })
    const refused = answer.results.flat().find(({ verdict }) => verdict !== 'accepted')
    if (refused !== undefined) throw new Error(JSON.stringify(refused))
  }
}

function chunksOf({ bytes, content }: LargeFile): readonly WireChunk[] {
  let at = 0
  return content.manifest.chunks.map(({ digest, length }) => {
    const from = at
    at += length
    return { digest, encoding: 'identity', bytes: bytes.subarray(from, at) }
  })
}

function madeFile(noise: SeededBytes, number: number, describe: Describe): LargeFile {
  const path = `d${digits(Math.floor(number / IN_ONE), 3)}/f${digits(number, 5)}`
  const bytes = LARGE.has(number) ? noise.bytes(LARGE_BYTES) : new TextEncoder().encode(`This is ${path}.\n`)
  return { path, bytes, content: describe(bytes) }
}

function create(noise: SeededBytes, { path, bytes, content }: LargeFile, parentId: NodeId): CreateChange {
  const name = path.slice(path.indexOf('/') + 1)
  const of = { kind: 'file', content: content.digest, size: bytes.length, modifiedAt: 1_700_000_000_000 }
  return { ...directory(noise, name), ...of, parentId }
}

function directory(noise: SeededBytes, name: string): CreateChange {
  const id = toHex(noise.bytes(16)) as NodeId
  const fixed = { kind: 'directory', content: null, size: 0, modifiedAt: 0, executable: false, conflictOf: null }
  return { type: 'create', id, parentId: ROOT_ID, name, key: name, ...fixed }
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, '0')
}
