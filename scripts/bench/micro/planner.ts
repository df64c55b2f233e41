/** The plan of many nodes that all differ: a first sync, in which everything stands on the disk and nothing on the server. */

import {
  type Digest,
  type DiskTraits,
  type FileId,
  keyOf,
  type Node,
  type NodeId,
  ROOT_ID,
  type View,
  type ViewRow,
} from '../../../src/index.js'
import { plan } from '../../../src/reconcile/plan.js'
import { figure, type MicroBench, type MicroFigure } from './micro-bench.js'

const NODES = [10_000, 100_000, 1_000_000]
const PER_DIRECTORY = 100
/** More would take minutes, and say no more. */
const LARGE_ROUNDS = 1
const DISK: DiskTraits = {
  case: 'sensitive',
  unicode: 'exact',
  nameLimit: { length: 255, unit: 'bytes' },
  windowsNames: false,
  executableBit: true,
  fileIds: 'strong',
  stamps: 'strong',
  mtimeGranularityNs: 1,
  directoryMove: 'atomic',
}

export const PLANNER: MicroBench = {
  name: 'planner',
  async run() {
    const figures: MicroFigure[] = []
    for (const nodes of NODES) {
      const view = firstSync(nodes)
      const what = `planner, first sync of ${nodes.toLocaleString('en')} nodes`
      const rounds = nodes > 100_000 ? { rounds: LARGE_ROUNDS } : {}
      figures.push(await figure({ what, amount: nodes, unit: 'nodes', ...rounds }, () => () => planned(view, nodes)))
    }
    return figures
  },
}

function planned(view: View, nodes: number): void {
  const { operations } = plan(view, {
    device: 'here',
    drawId: () => idOf(nodes + 1),
    disk: DISK,
    guard: { presentFiles: 0, deletedUp: 0, deletedDown: 0, confirmed: new Set() },
  })
  if (operations.length === 0) throw new Error('nothing was planned')
}

function firstSync(nodes: number): View {
  const rows = new Map<NodeId, ViewRow>()
  const directories = new Set<NodeId>([ROOT_ID])
  let parentId: NodeId = ROOT_ID
  for (let at = 1; at <= nodes; at++) {
    const isDirectory = at % PER_DIRECTORY === 1
    const id = idOf(at)
    rows.set(id, rowOf(nodeOf(id, isDirectory ? ROOT_ID : parentId, isDirectory)))
    if (isDirectory) directories.add((parentId = id))
  }
  return { rows, whole: directories, places: new Set(), occupied: new Set() }
}

function nodeOf(id: NodeId, parentId: NodeId, isDirectory: boolean): Node {
  const name = `n${id.slice(-8)}`
  const content = isDirectory ? null : (`${id}${id}` as Digest)
  const rest = { size: isDirectory ? 0 : 1_000, modifiedAt: 0, executable: false, conflictOf: null }
  return { id, parentId, name, key: keyOf(name), kind: isDirectory ? 'directory' : 'file', content, ...rest }
}

function rowOf(node: Node): ViewRow {
  const stamp = { size: node.size, mtimeNs: '0', ctimeNs: '0', fileId: `1:${node.id}` as FileId }
  return { id: node.id, synced: null, local: { node, stamp, provisional: true }, remote: null }
}

function idOf(number: number): NodeId {
  return number.toString(16).padStart(32, '0') as NodeId
}
