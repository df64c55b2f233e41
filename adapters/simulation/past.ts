/**
 * What the server still holds of the past (INV-02), asked for as a device asks that restores: revisions by the nodes of
 * the tree and by the deletes in its directories, then manifest and chunks. It changes nothing.
 */

import { type Digest, type HistoryRow, type HistorySubject, type NodeId, ROOT_ID } from '../../src/index.js'
import type { RemoteStore } from '../../src/server/index.js'
import { ACCOUNT } from './simulated-server.js'
import { listed } from './trees.js'

const PRINCIPAL = { user: ACCOUNT.user, device: null }
const { workspace } = ACCOUNT
const PAGE = 100

/** Contents of all kept revisions of all that stands or ever stood. */
export async function keptContents(remote: RemoteStore): Promise<ReadonlySet<Digest>> {
  const contents = new Set<Digest>()
  const nodes = new Set<NodeId>()
  const live = await listed(remote)
  const directories: NodeId[] = [ROOT_ID]
  for (const { id, kind } of live) (kind === 'directory' ? directories : []).push(id)
  for (const { id } of live) nodes.add(id)
  for (let at = 0; at < directories.length; at++) {
    const parentId = directories[at] ?? ROOT_ID
    for (const { node } of await rowsOf(remote, { of: 'deletes', parentId })) {
      if (node.kind === 'directory' && !nodes.has(node.id)) directories.push(node.id)
      nodes.add(node.id)
    }
  }
  for (const id of nodes)
    for (const { node } of await rowsOf(remote, { of: 'node', id }))
      if (node.content !== null) contents.add(node.content)
  return contents
}

async function rowsOf(remote: RemoteStore, subject: HistorySubject): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = []
  let before: number | null = null
  do {
    const page: { rows: readonly HistoryRow[]; before: number | null } = await remote.answer(PRINCIPAL, {
      type: 'history',
      workspace,
      limit: PAGE,
      subjects: [subject],
      before,
    })
    rows.push(...page.rows)
    before = page.before
  } while (before !== null)
  return rows
}

/** The content itself; null when its manifest or one of its chunks is gone. Contents of users fit one answer. */
export async function restored(remote: RemoteStore, digest: Digest): Promise<string | null> {
  const wanted = [{ digest, have: [] }]
  const { manifests } = await remote.answer(PRINCIPAL, { type: 'get-manifests', workspace, wanted })
  const [wire] = manifests
  if (wire?.form !== 'whole') return null
  const digests = [...new Set(wire.manifest.chunks.map((chunk) => chunk.digest))]
  if (digests.length === 0) return ''
  const { chunks } = await remote.answer(PRINCIPAL, { type: 'get-chunks', workspace, digests })
  const held = new Map(chunks.map((chunk) => [chunk.digest, chunk.bytes]))
  const decoder = new TextDecoder()
  let text = ''
  for (const chunk of wire.manifest.chunks) {
    const bytes = held.get(chunk.digest)
    if (bytes === undefined) return null
    text += decoder.decode(bytes, { stream: true })
  }
  return text + decoder.decode()
}
