/** A step: an operation that has no number yet. Steps name the steps they need; a dropped one takes along what needs it. */

import type { NodeId } from '../model/ids.js'
import type { Operation, OperationId } from '../model/plan.js'

type Draft<Of> = Of extends Operation ? Omit<Of, 'operation' | 'dependsOn'> : never
export type OperationDraft = Draft<Operation>

/** In the order of a plan. */
export const PHASES = ['book', 'commit', 'aside', 'detach', 'remove', 'place', 'content'] as const
export type Phase = (typeof PHASES)[number]

export interface Step {
  readonly phase: Phase
  /** Ascending within a phase. */
  readonly depth: number
  readonly id: NodeId
  draft: OperationDraft
  readonly needs: Step[]
  dropped: boolean
}

export function stepOf(phase: Phase, depth: number, id: NodeId, draft: OperationDraft): Step {
  return { phase, depth, id, draft, needs: [], dropped: false }
}

/** A detach without its attach would leave user data outside the tree: the two are dropped together. */
export function dropDependents(steps: readonly Step[]): void {
  const neededBy = new Map<Step, Step[]>()
  const attachments = new Map<NodeId, Step>()
  for (const step of steps) {
    if (step.draft.type === 'detach') attachments.set(step.id, step)
    for (const need of step.needs) {
      const dependents = neededBy.get(need)
      if (dependents === undefined) neededBy.set(need, [step])
      else dependents.push(step)
    }
  }
  const waiting = steps.filter(({ dropped }) => dropped)
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const pair = step.draft.type === 'attach' ? attachments.get(step.id) : undefined
    for (const dependent of [...(neededBy.get(step) ?? []), ...(pair === undefined ? [] : [pair])]) {
      if (dependent.dropped) continue
      dependent.dropped = true
      waiting.push(dependent)
    }
  }
}

/** Numbers the steps: by phase, depth and id, but never before a step they need. What needs itself is left out. */
export function numbered(steps: readonly Step[]): readonly Operation[] {
  const kept = steps.filter(({ dropped }) => !dropped).sort(compareSteps)
  const numbers = new Map<Step, OperationId | null>()
  const operations: Operation[] = []
  const emit = (step: Step): boolean => {
    const known = numbers.get(step)
    if (known !== undefined) return known !== null
    numbers.set(step, null)
    for (const need of [...step.needs].sort(compareSteps)) if (!emit(need)) return false
    const operation = operations.length
    numbers.set(step, operation)
    const dependsOn = [...new Set(step.needs.map((need) => numbers.get(need) ?? 0))].sort((a, b) => a - b)
    operations.push({ ...step.draft, operation, dependsOn })
    return true
  }
  for (const step of kept) emit(step)
  return operations
}

function compareSteps(a: Step, b: Step): number {
  const phase = PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase)
  if (phase !== 0) return phase
  return a.depth - b.depth || (a.id < b.id ? -1 : Number(a.id > b.id))
}
