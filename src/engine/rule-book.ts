/**
 * The rules of this device by the directories of its disk: what the rule files say, what the options add, what is out
 * of scope. Filled by the scan (rule-files.ts); asked by paths while the disk is observed, by nodes while a plan is made.
 */

import type { Problem } from '../model/problem.js'
import type { KnownKind } from '../model/node.js'
import {
  enter,
  RULE_FILE,
  type Ruled,
  type Rules,
  ruledRoot,
  rulesOf,
  type Scope,
  scopeOf,
  type Verdict,
  verdictOn,
} from '../reconcile/ignore-rules.js'
import type { PlaceRules } from '../reconcile/policy.js'
import { below, directoryOf, nameOf } from './paths.js'
import type { Trees } from './trees.js'

export interface RuleOptions {
  /** As if appended to the rule file of the root, a line each. */
  readonly ignore: readonly string[]
  /** Paths below the root. */
  readonly scope: { readonly exclude: readonly string[] }
}

const NO_RULES: Rules = []

export class RuleBook {
  readonly #added: Rules
  readonly #scope: Scope
  readonly #hasScope: boolean
  readonly #rules = new Map<string, Rules | 'unknown'>()
  readonly #troubles = new Map<string, string>()
  readonly #ruled = new Map<string, Ruled>()

  constructor({ ignore, scope }: RuleOptions) {
    this.#added = rulesOf(ignore.join('\n')) ?? NO_RULES
    this.#scope = scopeOf(scope.exclude)
    this.#hasScope = scope.exclude.length > 0
  }

  /** Nothing is ever left out. */
  get isEmpty(): boolean {
    return this.#rules.size === 0 && this.#added.length === 0 && !this.#hasScope
  }

  hasFileIn(directory: string): boolean {
    return this.#rules.has(directory)
  }

  get hasFiles(): boolean {
    return this.#rules.size > 0
  }

  /** Before everything is looked at anew. */
  clear(): void {
    this.#rules.clear()
    this.#troubles.clear()
    this.#ruled.clear()
  }

  /** Directories are told from the root downwards: what was asked below one before is thrown away with it. */
  tell(directory: string, rules: Rules | 'unknown', because: string | null): void {
    this.#rules.set(directory, rules)
    if (because === null) this.#troubles.delete(directory)
    else this.#troubles.set(directory, because)
    this.#ruled.clear()
  }

  isUnknown(directory: string): boolean {
    return this.#troubles.has(directory)
  }

  verdictOn(path: string, kind: KnownKind): Verdict {
    if (this.isEmpty) return 'in'
    return path === '' ? 'in' : verdictOn(this.#directory(directoryOf(path)), nameOf(path), kind)
  }

  ignores(path: string, kind: KnownKind): boolean {
    return this.verdictOn(path, kind) === 'out'
  }

  /** Why nothing in this directory can be judged: a rule file in it, or above it, that gave no certain answer. */
  troubleIn(directory: string): Problem | null {
    if (this.#troubles.size === 0 || this.#directory(directory).inside !== 'unknown') return null
    for (let at = directory; ; at = directoryOf(at)) {
      const message = this.#troubles.get(at)
      if (message !== undefined) return { path: below(at, RULE_FILE), code: 'ignore-rules', message }
      if (at === '') return null
    }
  }

  /** For a plan: rules by nodes, so that they stay with a directory that the plan moves. */
  forPlan(trees: Pick<Trees, 'localPath'>): PlaceRules {
    return {
      isEmpty: this.isEmpty,
      root: this.#directory(''),
      of: (id) => {
        const path = this.#rules.size === 0 ? null : trees.localPath(id)
        return path === null ? NO_RULES : (this.#rules.get(path) ?? NO_RULES)
      },
    }
  }

  #directory(path: string): Ruled {
    const known = this.#ruled.get(path)
    if (known !== undefined) return known
    const names = path === '' ? [] : path.split('/')
    let at = this.#ruled.get('') ?? ruledRoot(this.#ofRoot(), this.#scope)
    this.#ruled.set('', at)
    let here = ''
    for (const name of names) {
      here = below(here, name)
      at = this.#ruled.get(here) ?? enter(at, name, this.#rules.get(here) ?? NO_RULES)
      this.#ruled.set(here, at)
    }
    return at
  }

  #ofRoot(): Rules | 'unknown' {
    const own = this.#rules.get('') ?? NO_RULES
    return own === 'unknown' ? own : [...own, ...this.#added]
  }
}
