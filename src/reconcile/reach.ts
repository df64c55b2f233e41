/**
 * Which places of the target tree this device leaves alone (DESIGN 4.13). The rules of a directory are those of the
 * file on this disk; what a plan has yet to bring says nothing so far. It asks for the directories above a place.
 */

import { type NodeId, ROOT_ID } from '../model/ids.js'
import { isKnownKind, type Node } from '../model/node.js'
import { type Entry, presenceOf } from './entry.js'
import { enter, type Ruled, type Verdict, verdictOn } from './ignore-rules.js'
import type { PlaceRules } from './policy.js'
import type { Sight } from './sight.js'
import { type Step, stepOf } from './step.js'

export class Reach {
  readonly #sight: Sight
  readonly #rules: PlaceRules | null
  readonly #ruled = new Map<NodeId, Ruled | null>()
  /** There are rules, or might be. */
  readonly obeys: boolean

  constructor(sight: Sight, rules: PlaceRules | undefined) {
    this.#sight = sight
    this.#rules = rules ?? null
    this.obeys = rules !== undefined
    if (rules !== undefined) this.#ruled.set(ROOT_ID, rules.root)
  }

  /** 'unknown' also where the way up is not known; nobody asks without rules. */
  verdictOn({ parentId, name, kind }: Node): Verdict {
    if (this.#rules === null || this.#rules.isEmpty) return 'in'
    const directory = this.#directory(parentId)
    return directory === null ? 'unknown' : verdictOn(directory, name, isKnownKind(kind) ? kind : 'file')
  }

  /**
   * Rows that were left out and stand in no such place any more: dropped, so that the next plan unites what both sides
   * have. A plan of its own: what stands at their places on this disk must meet them as what they are then.
   */
  reunions(): readonly Step[] {
    if (this.#rules === null) return []
    const steps: Step[] = []
    for (const entry of this.#sight.entries.values()) {
      const { id, target } = entry
      if (presenceOf(entry) !== 'excluded' || target === null || entry.stuck) continue
      if (this.verdictOn(target) !== 'in') continue
      steps.push(stepOf('book', 0, id, { type: 'forget', id }))
      // With it comes back what was left out only because of it.
      if (target.kind === 'directory') this.#sight.lookInto(id)
    }
    return steps
  }

  #directory(start: NodeId): Ruled | null {
    const way: { readonly id: NodeId; readonly node: Node }[] = []
    const seen = new Set<NodeId>()
    let id = start
    while (!this.#ruled.has(id)) {
      const node = standing(this.#sight.entry(id))
      if (node === null || seen.has(id)) return null
      seen.add(id)
      way.push({ id, node })
      id = node.parentId
    }
    let above = this.#ruled.get(id) ?? null
    for (const step of way.reverse()) {
      above = above === null ? null : enter(above, step.node.name, this.#rules?.of(step.id) ?? [])
      this.#ruled.set(step.id, above)
    }
    return above
  }
}

function standing(entry: Entry | null): Node | null {
  return entry === null ? null : (entry.target ?? entry.remote ?? entry.local ?? entry.synced)
}
