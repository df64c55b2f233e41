/** Between the rows of the metadata tables and the model. Foreign keys (attributes) never become names of ours. */

import { TidemarkError } from '../../src/index.js'
import type {
  ContentRule,
  DeviceRecord,
  Digest,
  Epoch,
  KeptRevision,
  Node,
  NodeId,
  OrphanRecord,
  Revision,
  WorkspaceHead,
  WorkspaceId,
} from '../../src/index.js'
import type { MetadataSchema, NodeTable, WorkspaceTable } from './sql-metadata-schema.js'

export function toNode(row: NodeTable): Node {
  const node: Node = {
    id: row.id as NodeId,
    parentId: row.parent_id as NodeId,
    name: row.name,
    key: row.name_key,
    kind: row.kind,
    content: row.content as Digest | null,
    size: row.size,
    modifiedAt: row.modified_at,
    executable: row.executable === 1,
    conflictOf: row.conflict_of as NodeId | null,
  }
  return row.attributes === null ? node : { ...node, attributes: JSON.parse(row.attributes) as Record<string, string> }
}

export function toRevision(row: NodeTable): Revision {
  const id = row.id as NodeId
  return row.live === 1 ? { id, sequence: row.sequence, node: toNode(row) } : { id, sequence: row.sequence, node: null }
}

export function toKept(row: NodeTable): KeptRevision {
  return { revision: toRevision(row), last: toNode(row), acceptedAt: row.accepted_at, hash: row.hash as Digest }
}

export function fromKept(workspace: WorkspaceId, kept: KeptRevision): NodeTable {
  const { revision, last } = kept
  return {
    workspace,
    id: revision.id,
    sequence: revision.sequence,
    live: revision.node === null ? 0 : 1,
    parent_id: last.parentId,
    name: last.name,
    name_key: last.key,
    kind: last.kind,
    content: last.content,
    size: last.size,
    modified_at: last.modifiedAt,
    executable: last.executable ? 1 : 0,
    conflict_of: last.conflictOf,
    attributes: last.attributes === undefined ? null : JSON.stringify(last.attributes),
    accepted_at: kept.acceptedAt,
    hash: kept.hash,
  }
}

export function toHead(row: WorkspaceTable): WorkspaceHead {
  return {
    id: row.id as WorkspaceId,
    owner: row.owner,
    name: row.name,
    epoch: row.epoch as Epoch,
    sequence: row.sequence,
    hash: row.hash as Digest,
    horizon: row.horizon,
    rule: JSON.parse(row.rule) as ContentRule,
  }
}

export function fromHead(head: WorkspaceHead): WorkspaceTable {
  const { id, owner, name, epoch, sequence, hash, horizon, rule } = head
  return { id, owner, name, epoch, sequence, hash, horizon, rule: JSON.stringify(rule) }
}

export function toDevice(row: MetadataSchema['devices']): DeviceRecord {
  return {
    device: row.device,
    nonce: row.nonce,
    cursorSequence: row.cursor_sequence,
    witnessSequence: row.witness_sequence,
    seenAt: row.seen_at,
  }
}

export function toOrphan(row: MetadataSchema['orphans']): OrphanRecord {
  const { kind, digest, noted_at: notedAt, condemned_at: condemnedAt } = row
  return { kind: kind as OrphanRecord['kind'], digest: digest as Digest, notedAt, condemnedAt }
}

export function noWorkspace(workspace: WorkspaceId): TidemarkError {
  return new TidemarkError('not-found', 'this workspace does not exist', { subject: workspace })
}

/** Lists are bound in parts: databases allow only so many parameters in a statement. */
export function* inParts<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size)
}
