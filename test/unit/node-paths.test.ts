/** What a path means where several nodes stand at one place in the three trees, and that a listing says the same. */

import test from 'ava'
import { directoryItems } from '../../src/engine/directory-items.js'
import { nodeAt } from '../../src/engine/node-paths.js'
import { Trees } from '../../src/engine/trees.js'
import type { Digest, NodeId } from '../../src/index.js'
import { keyOf, type Node } from '../../src/model/node.js'
import { ROOT_ID } from '../../src/model/ids.js'

const OLD = '0'.repeat(31) + '1'
const NEW = '0'.repeat(31) + '2'
const STAMP = { size: 1, mtimeNs: '1', ctimeNs: '1', fileId: null }

function node(id: string, kind: 'file' | 'directory'): Node {
  const content = kind === 'file' ? ('a'.repeat(64) as Digest) : null
  const place = { parentId: ROOT_ID, name: 'e', key: keyOf('e') }
  return { id: id as NodeId, ...place, kind, content, size: 1, modifiedAt: 1, executable: false, conflictOf: null }
}

function treesWith(old: string, made: string): Trees {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  trees.setSynced(old as NodeId, {
    presence: 'present',
    node: node(old, 'file'),
    stamp: STAMP,
    sequence: 1,
  })
  trees.setLocal(old as NodeId, 'deleted')
  trees.setRemote(made as NodeId, { id: made as NodeId, sequence: 2, node: node(made, 'directory') })
  return trees
}

for (const [title, old, made] of [
  ['the smaller id', OLD, NEW],
  ['the larger id', NEW, OLD],
] as const) {
  test(`a file that was deleted here gives way to a directory of the server at its place, also with ${title}`, (t) => {
    const trees = treesWith(old, made)
    t.is(nodeAt(trees, 'e'), made as NodeId)
    const parts = { state: { trees } } as unknown as Parameters<typeof directoryItems>[0]
    t.deepEqual(directoryItems(parts, {} as never, 'e'), [])
  })
}
