/** Plans that are applied, and what was done as recorded from outside: commits asked for, changes told by events. */

import type { AppliedChange, ChangeGroup, Operation, PathedPlan } from '../../src/index.js'
import { type EngineWorld, type TestDevice, twoDevices } from './engine-world.js'

/** A plan, and the changes that were told of since. */
export interface PlanRecord {
  readonly plan: PathedPlan
  readonly changes: AppliedChange[]
}

/** Plans, and records from then on. */
export async function planned(world: EngineWorld, device: TestDevice): Promise<PlanRecord> {
  const plan = await world.run(device.engine.plan())
  const changes: AppliedChange[] = []
  device.engine.on('change', (change) => changes.push(change))
  device.requests = []
  return { plan, changes }
}

/** What the plan says is to be done, in the words of what can be seen from outside. */
export function deedsOf(operations: readonly Operation[]): readonly string[] {
  return operations
    .flatMap((operation) => {
      switch (operation.type) {
        case 'commit':
          return [deedOf(operation.changes)]
        case 'create':
        case 'replace':
          return [`${operation.type} ${operation.node.id}`]
        case 'aside':
        case 'move':
        case 'attach':
        case 'remove':
        case 'executable':
          return [`${operation.type} ${operation.id}`]
        default:
          return []
      }
    })
    .sort()
}

/** Equal changes, equal words. */
function deedOf(changes: ChangeGroup): string {
  const sorted = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
  return `commit ${JSON.stringify(changes, (_key, value: unknown) => sorted(value))}`
}

export function deedsSeen(device: TestDevice, { changes }: PlanRecord): readonly string[] {
  const commits = device.requests.flatMap(({ request }) => (request.type === 'commit' ? request.groups : []))
  return [...commits.map(deedOf), ...changes.map(({ type, id }) => `${type} ${id}`)].sort()
}

export async function everything(): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const { world, a, b } = await twoDevices()
  for (const path of ['edited', 'removed', 'swap1', 'swap2', 'both', 'dir/inside', 'old/x', 'moved', 'mine', 'gone'])
    a.write(path, `${path} 0`)
  await world.converge(a, b)
  editElsewhere(b)
  await b.sync()
  a.write('both', 'both by A')
  a.write('mine', 'mine by A')
  a.write('made', 'made by A')
  a.remove('gone')
  return { world, a, b }
}

/** Something of everything: contents, a new directory, a delete, a swap, moves of a file and a directory, a mode. */
export function editElsewhere(b: TestDevice): void {
  b.write('edited', 'edited by B')
  b.write('both', 'both by B')
  b.write('new/file', 'new by B')
  b.remove('removed')
  b.rename('swap1', 'aside')
  b.rename('swap2', 'swap1')
  b.rename('aside', 'swap2')
  b.rename('old', 'dir/old')
  b.rename('moved', 'dir/moved')
  b.setExecutable('dir/inside', true)
}
