/**
 * What an apply did to rules, or to places that rules speak of, is looked at like a user's change: rules hold from the
 * scan after they changed, whoever changed them. Marks only.
 */

import type { NodeId } from '../model/ids.js'
import type { Operation } from '../model/plan.js'
import { RULE_FILE } from '../reconcile/ignore-rules.js'
import type { Dirty } from './dirty.js'
import { below } from './paths.js'
import type { RuleBook } from './rule-book.js'
import type { Trees } from './trees.js'

export interface RuleMarkParts {
  readonly state: { readonly trees: Trees }
  readonly rules: RuleBook
  readonly dirty: Dirty
}

export function markRuled({ state, rules, dirty }: RuleMarkParts, operations: readonly Operation[]): void {
  const { trees } = state
  const mark = (parentId: NodeId, name: string): void => {
    const directory = trees.localPath(parentId)
    if (directory !== null) dirty.paths([below(directory, name)])
  }
  const markLeft = (parentId: NodeId): void => {
    const directory = trees.localPath(parentId)
    if (directory !== null && rules.hasFileIn(directory)) dirty.paths([below(directory, RULE_FILE)])
  }
  for (const operation of operations) {
    switch (operation.type) {
      case 'create':
      case 'replace':
        if (operation.node.name === RULE_FILE) mark(operation.node.parentId, RULE_FILE)
        break
      case 'move':
      case 'attach':
        if (operation.type === 'move') markLeft(operation.fromParent.id)
        if (rules.isEmpty && operation.to.name !== RULE_FILE) break
        // What it holds is governed by other rules there than here.
        if (trees.localNode(operation.id)?.node.kind === 'directory') dirty.everything()
        else mark(operation.to.parentId, operation.to.name)
        break
      case 'aside':
      case 'remove':
        markLeft(operation.parent.id)
        break
      case 'detach':
        markLeft(operation.fromParent.id)
        break
      case 'commit':
      case 'executable':
      case 'adopt':
      case 'forget':
      case 'rekey':
      case 'hold':
    }
  }
}
