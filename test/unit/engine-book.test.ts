/** What the operations without I/O make of the three trees. */

import test from 'ava'
import { keepBook } from '../../src/engine/book.js'
import { Trees } from '../../src/engine/trees.js'
import { type Node, type NodeId, ROOT_ID } from '../../src/index.js'

const OLD = 'a'.repeat(32) as NodeId
const NEW = 'b'.repeat(32) as NodeId
const CHILD = 'c'.repeat(32) as NodeId
const STAMP = { size: 0, mtimeNs: '1', ctimeNs: '1', fileId: null }

function directory(id: NodeId, name: string, parentId: NodeId = ROOT_ID): Node {
  return {
    id,
    parentId,
    name,
    key: name,
    kind: 'directory',
    content: null,
    size: 0,
    modifiedAt: 0,
    executable: false,
    conflictOf: null,
  }
}

test('a directory deleted and made anew elsewhere: what stands here is the new node and no other', (t) => {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  trees.setSynced(OLD, { node: directory(OLD, 'd'), sequence: 1, presence: 'present', stamp: STAMP })
  trees.setLocal(CHILD, { node: directory(CHILD, 'child', OLD), stamp: STAMP, provisional: true })
  trees.setRemote(OLD, { id: OLD, sequence: 2, node: null })
  trees.setRemote(NEW, { id: NEW, sequence: 3, node: directory(NEW, 'd') })

  keepBook(trees, { type: 'rekey', operation: 0, dependsOn: [], from: OLD, to: NEW })
  t.is(trees.localNode(OLD), null)
  t.is(trees.localAt(ROOT_ID, 'd'), NEW)
  t.is(trees.localPath(CHILD), 'd/child')

  keepBook(trees, { type: 'forget', operation: 1, dependsOn: [0], id: OLD })
  t.is(trees.localNode(OLD), null)
  t.is(trees.synced(OLD), null)
  t.deepEqual([...trees.differing()].sort(), [NEW, CHILD].sort())
})

for (const { title, remote, isMovedHere } of [
  { title: 'deleted there: it was not moved here, which would bring it back', remote: null, isMovedHere: false },
  { title: 'moved out of it there: it was not moved here', remote: ROOT_ID, isMovedHere: false },
  { title: 'the server has it there still: it was moved', remote: OLD, isMovedHere: true },
]) {
  test(`INV-03 a directory deleted and made anew elsewhere, and what was in it ${title}`, (t) => {
    const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
    trees.setSynced(OLD, { node: directory(OLD, 'd'), sequence: 1, presence: 'present', stamp: STAMP })
    trees.setSynced(CHILD, { node: directory(CHILD, 'child', OLD), sequence: 2, presence: 'present', stamp: STAMP })
    const node = remote === null ? null : directory(CHILD, 'child', remote)
    trees.setRemote(CHILD, { id: CHILD, sequence: 3, node })
    trees.setRemote(OLD, { id: OLD, sequence: 4, node: null })
    trees.setRemote(NEW, { id: NEW, sequence: 5, node: directory(NEW, 'd') })

    keepBook(trees, { type: 'rekey', operation: 0, dependsOn: [], from: OLD, to: NEW })
    t.is(trees.localPath(CHILD), 'd/child')
    t.is(trees.local(CHILD) !== undefined, isMovedHere)
    t.deepEqual(trees.remoteRevision(CHILD)?.node ?? null, node)
  })
}

test('a node that was never agreed leaves nothing behind when it turns out to be another', (t) => {
  const trees = new Trees({ synced: () => undefined, local: () => undefined, remote: () => undefined })
  trees.setLocal(OLD, { node: directory(OLD, 'd'), stamp: STAMP, provisional: true })
  trees.setRemote(NEW, { id: NEW, sequence: 3, node: directory(NEW, 'd') })
  keepBook(trees, { type: 'rekey', operation: 0, dependsOn: [], from: OLD, to: NEW })
  t.deepEqual([...trees.nodesHere()], [NEW])
  t.false(trees.localNode(NEW)?.provisional)
})
