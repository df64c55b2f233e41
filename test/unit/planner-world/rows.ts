/** Views by hand: one line per node, for the tests of single rules. */

import type { DiskTraits } from '../../../src/model/disk-traits.js'
import type { Hydration } from '../../../src/model/hydration.js'
import { type Digest, type FileId, type NodeId, ROOT_ID } from '../../../src/model/ids.js'
import { type Node, keyOf } from '../../../src/model/node.js'
import type { Operation, Plan } from '../../../src/model/plan.js'
import type { Presence } from '../../../src/model/tree.js'
import type { View, ViewRow } from '../../../src/model/view.js'
import { plan } from '../../../src/reconcile/plan.js'
import { type Rules, ruledRoot, rulesOf, scopeOf } from '../../../src/reconcile/ignore-rules.js'
import type { GuardFigures, PlanPolicy } from '../../../src/reconcile/policy.js'
import { PLAIN_DISK } from './model-disk.js'

/** `parent/name=content`, with a `*` behind it for an executable one, or `parent/name/` for a directory; a parent is the short id of a row, empty for the root. */
export type Place = string

export interface Row {
  readonly id: string
  readonly s?: Place
  readonly l?: Place
  readonly r?: Place
  /** All three alike. */
  readonly all?: Place
  readonly presence?: Presence
  readonly frozen?: boolean
  readonly withheld?: boolean
  /** Deleted on the server, at this sequence. */
  readonly tombstone?: number
  readonly sequence?: number
  readonly kind?: string
}

export function idOf(short: string): NodeId {
  return short === '' ? ROOT_ID : (short.padStart(32, '0') as NodeId)
}

export function shortOf(id: string): string {
  return id === ROOT_ID ? '' : id.replace(/^0+/, '')
}

function nodeOf(id: string, place: Place | undefined, kind?: string): Node | null {
  if (place === undefined) return null
  const parent = place.slice(0, place.indexOf('/'))
  const rest = place.slice(place.indexOf('/') + 1)
  const isDirectory = rest.endsWith('/')
  const [name = '', written = ''] = isDirectory ? [rest.slice(0, -1)] : rest.split('=')
  const content = written.replace(/\*$/, '')
  return {
    id: idOf(id),
    parentId: idOf(parent),
    name,
    key: keyOf(name),
    kind: kind ?? (isDirectory ? 'directory' : 'file'),
    content: isDirectory ? null : (content as Digest),
    size: content.length,
    modifiedAt: 0,
    executable: content !== written,
    conflictOf: null,
  }
}

function viewRow(row: Row): ViewRow {
  const { id, all, presence = 'present', kind, sequence = 1, tombstone, frozen, withheld } = row
  const synced = nodeOf(id, row.s ?? all, kind)
  const local = nodeOf(id, row.l ?? (presence === 'present' ? all : undefined), kind)
  const remote = nodeOf(id, row.r ?? all, kind)
  const stamp = { size: 0, mtimeNs: '0', ctimeNs: '0', fileId: `on disk: ${id}` as FileId }
  return {
    id: idOf(id),
    synced: synced && { node: synced, sequence: 1, presence, stamp: presence === 'present' ? stamp : null },
    local: local && { node: local, stamp, provisional: synced === null && remote === null },
    remote: remote
      ? { id: idOf(id), sequence, node: remote }
      : tombstone === undefined
        ? null
        : { id: idOf(id), sequence: tombstone, node: null },
    ...(frozen === undefined ? {} : { frozen }),
    ...(withheld === undefined ? {} : { withheld }),
  }
}

export interface Surroundings {
  readonly disk?: Partial<DiskTraits>
  readonly guard?: Partial<GuardFigures>
  /** `parent/name` */
  readonly occupied?: readonly string[]
  /** Lines of the rules in the root, and directories out of scope. */
  readonly rules?: readonly string[]
  readonly scope?: readonly string[]
  /** Short ids of directories with a rule file of their own; null: one that cannot be read. */
  readonly nested?: Readonly<Record<string, string | null>>
  readonly hydrate?: Hydration
  /** Nothing but the rows is in the view. */
  readonly bare?: boolean
}

export function viewOf(rows: readonly Row[], { occupied = [], bare = false }: Surroundings = {}): View {
  const built = new Map(rows.map((row) => [idOf(row.id), viewRow(row)]))
  return {
    rows: built,
    whole: bare ? new Set() : new Set([ROOT_ID, ...built.keys()]),
    places: new Set(),
    occupied: new Set(
      occupied.map((place) => `${idOf(place.slice(0, place.indexOf('/')))}/${place.slice(place.indexOf('/') + 1)}`),
    ),
  }
}

export function planOf(rows: readonly Row[], surroundings: Surroundings = {}): Plan {
  let drawn = 0
  return plan(viewOf(rows, surroundings), {
    device: 'here',
    drawId: () => idOf(`drawn${++drawn}`),
    disk: { ...PLAIN_DISK, ...surroundings.disk },
    guard: { presentFiles: 1000, deletedUp: 0, deletedDown: 0, confirmed: new Set(), ...surroundings.guard },
    ...placeRules(surroundings),
    ...(surroundings.hydrate === undefined ? {} : { hydrate: surroundings.hydrate }),
  })
}

function placeRules({ rules, scope = [], nested = {} }: Surroundings): Pick<PlanPolicy, 'rules'> {
  if (rules === undefined) return {}
  const files = new Map(Object.entries(nested).map(([id, text]) => [idOf(id), text]))
  const of = (id: NodeId): Rules | 'unknown' => {
    const text = files.get(id)
    return text === null ? 'unknown' : (rulesOf(text ?? '') ?? [])
  }
  const root = ruledRoot(of(ROOT_ID) === 'unknown' ? 'unknown' : (rulesOf(rules.join('\n')) ?? []), scopeOf(scope))
  return { rules: { isEmpty: false, root, of } }
}

/** The plan in a few words per operation: what a person would check. */
export function wordsOf({ operations }: Pick<Plan, 'operations'>): string[] {
  return operations.map(
    (operation) =>
      `${word(operation)}${operation.dependsOn.length > 0 ? ` after ${operation.dependsOn.join(',')}` : ''}`,
  )
}

function word(operation: Operation): string {
  switch (operation.type) {
    case 'commit':
      return `commit ${operation.changes.map((change) => `${change.type} ${shortOf(change.id)}${'base' in change && change.base !== undefined ? `@${change.base}` : ''}`).join(' + ')}`
    case 'rekey':
      return `rekey ${shortOf(operation.from)} ${shortOf(operation.to)}`
    case 'aside':
      return `aside ${shortOf(operation.id)} ${shortOf(operation.copyId)} ${operation.to.name}`
    case 'move':
    case 'attach':
      return `${operation.type} ${shortOf(operation.id)} ${shortOf(operation.to.parentId)}/${operation.to.name}`
    case 'hold':
      return `hold ${shortOf(operation.node.id)} ${operation.presence}`
    case 'adopt':
      return `adopt ${shortOf(operation.node.id)} ${operation.presence}`
    case 'create':
    case 'replace':
      return `${operation.type} ${shortOf(operation.node.id)}`
    default:
      return `${operation.type} ${shortOf(operation.id)}`
  }
}
