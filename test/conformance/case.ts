/** What a suite is made of: cases as data, and an adapter they are tried on. It knows no test runner. */

export interface Case<Subject, Need extends string = never> {
  /** The rules it tries, divided by spaces: 'LOCAL-1', 'COMPRESSOR-4 SEC-31'. */
  readonly rule: string
  /** What has to be so, as a sentence. */
  readonly title: string
  /** It is tried only on adapters that declare all of these. */
  readonly needs?: readonly Need[]
  /** Throws when a rule is broken. Each call gets a subject of its own. */
  readonly run: (subject: Subject) => Promise<void>
}

/** An implementation of an interface, and how a subject to try it on is made. */
export interface Adapter<Subject, Need extends string = never> {
  /** For titles and the matrix. */
  readonly name: string
  /** Why it cannot run here at all, a sentence without a full stop; null when it can. */
  readonly missing?: string | null
  /** What its subjects can do or show. What is not declared is not tried, and stands in the matrix as skipped. */
  readonly capabilities?: readonly Need[]
  /** A fresh subject. `dispose` is called once, when the case is through or has failed. */
  readonly make: () => Promise<Subject & { readonly dispose: () => Promise<void> }>
}

/** All cases of one interface. */
export interface Cases<Subject, Need extends string = never> {
  /** Name of the interface. */
  readonly name: string
  /** In the order in which they are tried. */
  readonly cases: readonly Case<Subject, Need>[]
}

/** One case on one adapter. */
export interface Trial {
  /** Name of the interface. */
  readonly of: string
  /** Name of the adapter. */
  readonly adapter: string
  /** Numbers of the rules it tries. */
  readonly rules: readonly string[]
  /** Adapter, rules and title of the case. */
  readonly title: string
  /** Capabilities that the case needs and the adapter does not declare: with any of them it does not run. */
  readonly lacks: readonly string[]
  /** Why the adapter cannot run here; null when it can. */
  readonly missing: string | null
  /** 'waiting' until it was run. */
  readonly outcome: 'waiting' | 'passed' | 'failed'
  /** Makes a subject, tries the case on it, disposes of it. Rejects when a rule is broken. */
  readonly run: () => Promise<void>
}

/** Numbers of the rules of a case. */
export function rulesOf({ rule }: { readonly rule: string }): readonly string[] {
  return rule.split(' ')
}

/** Every case on one adapter, in order. What lacks a capability is among them: nothing is left out in silence. */
export function trials<Subject, Need extends string, Declared extends Need>(
  { name, cases }: Cases<Subject, Need>,
  adapter: Adapter<Subject, Declared>,
): readonly Trial[] {
  return cases.map((one) => new CaseTrial(name, one, adapter))
}

class CaseTrial<Subject> implements Trial {
  readonly of: string
  readonly adapter: string
  readonly rules: readonly string[]
  readonly title: string
  readonly lacks: readonly string[]
  readonly missing: string | null
  outcome: Trial['outcome'] = 'waiting'
  readonly run: () => Promise<void>

  constructor(of: string, one: Case<Subject, string>, adapter: Adapter<Subject, string>) {
    const { capabilities = [], missing = null } = adapter
    this.of = of
    this.adapter = adapter.name
    this.rules = rulesOf(one)
    this.title = `${adapter.name}: ${one.rule} ${one.title}`
    this.lacks = (one.needs ?? []).filter((need) => !capabilities.includes(need))
    this.missing = missing
    this.run = () => this.#try(one, adapter)
  }

  async #try(one: Case<Subject, string>, adapter: Adapter<Subject, string>): Promise<void> {
    if (this.lacks.length > 0) throw new TypeError(`${this.title}: not tried without ${this.lacks.join(', ')}`)
    this.outcome = 'failed'
    const subject = await adapter.make()
    try {
      await one.run(subject)
      this.outcome = 'passed'
    } finally {
      await subject.dispose()
    }
  }
}
