/**
 * Looks through everything a workspace holds: manifests and chunks of every revision, the tree, the sequence and its hashes.
 * It changes nothing, and tells what it found as data. Trees are held in memory: some 200 bytes a node.
 */

import { decodeManifest } from '../content/manifest.js'
import { isTidemarkError } from '../errors.js'
import type { KeptRevision, MetadataReader } from '../interfaces/metadata-store.js'
import { ROOT_ID, type Digest, type NodeId, type WorkspaceId } from '../model/ids.js'
import type { Manifest } from '../model/manifest.js'
import { placeKey } from '../model/tree.js'
import type { ServerContext } from './context.js'
import { nextHash } from './history-hash.js'

/** What can be wrong with stored data. */
export type VerifyProblemKind =
  | 'manifest-missing'
  | 'manifest-damaged'
  | 'chunk-missing'
  | 'chunk-damaged'
  | 'parent-missing'
  | 'cycle'
  | 'name-taken'
  | 'sequence'
  | 'hash'

/** One thing that is wrong. */
export interface VerifyProblem {
  /** What is wrong with it. */
  readonly kind: VerifyProblemKind
  /** Digest, node id or sequence. */
  readonly subject: string
  /** Nodes whose content needs it, as far as they are kept; at most 10. */
  readonly nodes: readonly NodeId[]
}

/** What was looked at in one workspace, and what was found. */
export interface Verified {
  /** Live nodes. */
  readonly nodes: number
  /** Kept revisions, superseded ones too. */
  readonly revisions: number
  /** Manifests held. */
  readonly manifests: number
  /** Chunks that were read. */
  readonly chunks: number
  /** Of chunks that were read and compared with their digests. */
  readonly bytes: number
  /** The first of them, at most 1,000. */
  readonly problems: readonly VerifyProblem[]
  /** All of them. */
  readonly problemCount: number
}

const PAGE = 500
const MOST_TOLD = 1_000
const MOST_NODES = 10
/** Chunks read at a time: 32 MiB at the most. */
const READ_SLICE = 16

class Findings {
  readonly problems: VerifyProblem[] = []
  count = 0

  add(kind: VerifyProblemKind, subject: string, nodes: readonly NodeId[] = []): void {
    this.count += 1
    if (this.problems.length < MOST_TOLD) this.problems.push({ kind, subject, nodes: nodes.slice(0, MOST_NODES) })
  }
}

/** One snapshot of the metadata; chunks are looked for as they are now. */
export async function verifyWorkspace(
  context: ServerContext,
  workspace: WorkspaceId,
  pause: () => Promise<void>,
): Promise<Verified> {
  return context.metadata.read(workspace, async (reader) => {
    const findings = new Findings()
    const { revisions, users } = await verifyHistory(context, reader, findings, pause)
    const nodes = await verifyTree(reader, findings, pause)
    const { manifests, chunks } = await verifyManifests(context, reader, users, findings, pause)
    const bytes = await verifyChunks(context, workspace, chunks, findings, pause)
    return {
      nodes,
      revisions,
      manifests,
      chunks: chunks.size,
      bytes,
      problems: findings.problems,
      problemCount: findings.count,
    }
  })
}

/** Every kept revision behind the one whose hash is known continues the chain. */
async function verifyHistory(
  { hasher }: ServerContext,
  reader: MetadataReader,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<{ readonly revisions: number; readonly users: ReadonlyMap<Digest, NodeId[]> }> {
  const head = await reader.head()
  const users = new Map<Digest, NodeId[]>()
  let revisions = 0
  let expected = head.horizon
  for (let after = 0; ; ) {
    const page = await reader.keptAfter(after, PAGE)
    const hashes = await reader.hashes(page.flatMap(({ revision }) => [revision.sequence - 1, revision.sequence]))
    for (const kept of page) {
      const { sequence, id } = kept.revision
      // above the horizon nothing is forgotten
      if (sequence > head.horizon && sequence !== expected + 1) findings.add('sequence', String(sequence), [id])
      if (sequence > head.horizon) expected = sequence
      const before = hashes.get(sequence - 1)
      const isRight =
        before === undefined ? hashIsKept(kept, hashes) : nextHash(hasher, before, kept.revision) === kept.hash
      if (!isRight || (hashes.has(sequence) && hashes.get(sequence) !== kept.hash))
        findings.add('hash', String(sequence), [id])
      const { content } = kept.last
      if (content !== null) users.set(content, [...(users.get(content) ?? []), id].slice(-MOST_NODES))
    }
    revisions += page.length
    await pause()
    if (page.length < PAGE) break
    after = page.at(-1)?.revision.sequence ?? after
  }
  const [last] = (await reader.hashes([head.sequence])).values()
  if (expected !== head.sequence || last !== head.hash) findings.add('sequence', String(head.sequence))
  return { revisions, users }
}

function hashIsKept({ revision, hash }: KeptRevision, hashes: ReadonlyMap<number, Digest>): boolean {
  return !hashes.has(revision.sequence) || hashes.get(revision.sequence) === hash
}

async function verifyTree(reader: MetadataReader, findings: Findings, pause: () => Promise<void>): Promise<number> {
  const parents = new Map<NodeId, NodeId>()
  const directories = new Set<NodeId>([ROOT_ID])
  const places = new Set<string>()
  for (let after: NodeId | null = null; ; ) {
    const page: readonly { readonly id: NodeId; readonly node: KeptRevision['last'] | null }[] = await reader.live(
      after,
      PAGE,
    )
    for (const { id, node } of page) {
      if (node === null) continue
      parents.set(id, node.parentId)
      if (node.kind === 'directory') directories.add(id)
      const place = placeKey(node.parentId, node.key)
      if (places.has(place)) findings.add('name-taken', id, [id])
      places.add(place)
    }
    await pause()
    if (page.length < PAGE) break
    after = page.at(-1)?.id ?? null
  }
  const safe = new Set<NodeId>([ROOT_ID])
  for (const [id, parent] of parents) {
    if (!directories.has(parent)) findings.add('parent-missing', id, [id])
    const way: NodeId[] = []
    const seen = new Set<NodeId>()
    for (let at: NodeId | undefined = id; at !== undefined && !safe.has(at); at = parents.get(at)) {
      if (seen.has(at)) {
        findings.add('cycle', at, [...seen])
        break
      }
      seen.add(at)
      way.push(at)
    }
    // what was walked once is told once
    for (const walked of way) safe.add(walked)
  }
  return parents.size
}

async function verifyManifests(
  { hasher }: ServerContext,
  reader: MetadataReader,
  users: ReadonlyMap<Digest, readonly NodeId[]>,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<{ readonly manifests: number; readonly chunks: ReadonlyMap<Digest, NodeId[]> }> {
  const chunks = new Map<Digest, NodeId[]>()
  let manifests = 0
  for (const [digest, nodes] of users) {
    const record = (await reader.manifests([digest])).get(digest)
    if (record === undefined) {
      findings.add('manifest-missing', digest, nodes)
      continue
    }
    manifests += 1
    const manifest = hasher.digest('manifest', record.encoded) === digest ? decoded(record.encoded) : null
    if (manifest === null) findings.add('manifest-damaged', digest, nodes)
    for (const chunk of manifest?.chunks ?? []) if (!chunks.has(chunk.digest)) chunks.set(chunk.digest, [...nodes])
    await pause()
  }
  return { manifests, chunks }
}

function decoded(encoded: Uint8Array): Manifest | null {
  try {
    return decodeManifest(encoded)
  } catch (error) {
    if (isTidemarkError(error)) return null
    throw error
  }
}

async function verifyChunks(
  { chunks: store, hasher }: ServerContext,
  workspace: WorkspaceId,
  chunks: ReadonlyMap<Digest, readonly NodeId[]>,
  findings: Findings,
  pause: () => Promise<void>,
): Promise<number> {
  const digests = [...chunks.keys()]
  let bytes = 0
  for (let at = 0; at < digests.length; at += READ_SLICE) {
    for (const digest of digests.slice(at, at + READ_SLICE)) {
      const nodes = chunks.get(digest) ?? []
      try {
        const [chunk] = await store.get(workspace, [digest])
        if (chunk == null) findings.add('chunk-missing', digest, nodes)
        else if (chunk.encoding === 'identity' && hasher.digest('chunk', chunk.bytes) !== digest)
          findings.add('chunk-damaged', digest, nodes)
        bytes += chunk?.bytes.length ?? 0
      } catch (error) {
        if (!isTidemarkError(error) || error.code !== 'corrupt') throw error
        findings.add('chunk-damaged', digest, nodes)
      }
    }
    await pause()
  }
  return bytes
}
