/** What stands on a simulated device and on the server, in one form, for comparing them. */

import type { ListAnswer, ListRequest, NodeId } from '../../src/index.js'
import type { RemoteStore } from '../../src/server/index.js'
import type { Tree } from './oracle.js'
import { ACCOUNT } from './simulated-server.js'
import type { User } from './user.js'

/** Text of files by path, null for directories. */
export function treeOf(user: User): Tree {
  return new Map(user.all().map(({ path, stat }) => [path, stat.kind === 'directory' ? null : user.read(path)]))
}

/** Sizes of files by path, -1 for directories: what the server can say without contents. */
export type Outline = ReadonlyMap<string, number>

export function outlineOf(tree: Tree): Outline {
  const encoder = new TextEncoder()
  return new Map([...tree].map(([path, text]) => [path, text === null ? -1 : encoder.encode(text).length]))
}

/** The live tree of the server and its head. */
export async function serverOutline(remote: RemoteStore, live: LiveNodes): Promise<Outline> {
  const nodes = new Map((await live(remote)).map((node) => [node.id, node]))
  const outline = new Map<string, number>()
  const pathOf = (id: NodeId): string => {
    const node = nodes.get(id)
    return node === undefined ? '' : `${pathOf(node.parentId)}/${node.name}`
  }
  for (const { id, kind, size } of nodes.values()) outline.set(pathOf(id), kind === 'directory' ? -1 : size)
  return outline
}

export interface LiveNode {
  readonly id: NodeId
  readonly parentId: NodeId
  readonly name: string
  readonly kind: string
  readonly size: number
}

export type LiveNodes = (remote: RemoteStore) => Promise<readonly LiveNode[]>

/** By the listing of the protocol, as a device that joins would see it. */
export const listed: LiveNodes = async (remote) => {
  const nodes: LiveNode[] = []
  let page: ListAnswer | null = null
  do {
    const request: ListRequest = {
      type: 'list',
      workspace: ACCOUNT.workspace,
      at: page?.at ?? null,
      after: page?.after ?? null,
    }
    page = await remote.answer({ user: ACCOUNT.user, device: null }, request)
    for (const { node } of page.revisions) if (node !== null) nodes.push(node)
  } while (page.after !== null)
  return nodes
}

/** The first few places where two trees differ, for a person. */
export function difference(one: ReadonlyMap<string, unknown>, other: ReadonlyMap<string, unknown>): readonly string[] {
  const paths = new Set([...one.keys(), ...other.keys()])
  return [...paths]
    .filter((path) => one.get(path) !== other.get(path) || one.has(path) !== other.has(path))
    .sort()
    .slice(0, 6)
}
