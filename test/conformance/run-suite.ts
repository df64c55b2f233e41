/** Runs the cases of a suite on every adapter of a registry. A case that needs what an adapter does not declare is left out. */

import test from 'ava'

interface Case<Subject, Need extends string> {
  readonly rule: string
  readonly title: string
  readonly needs?: readonly Need[]
  readonly run: (subject: Subject) => Promise<void>
}

interface Adapter<Subject, Need extends string> {
  readonly name: string
  /** Why it cannot run here at all; null when it can. */
  readonly missing?: string | null
  readonly capabilities?: readonly Need[]
  readonly make: () => Promise<Subject & { readonly dispose: () => Promise<void> }>
}

export function runSuite<Subject, Need extends string = never>(
  adapters: readonly Adapter<Subject, Need>[],
  cases: readonly Case<Subject, Need>[],
): void {
  for (const { name, missing = null, capabilities = [], make } of adapters) {
    for (const { rule, title, needs = [], run } of cases) {
      if (!needs.every((need) => capabilities.includes(need))) continue
      if (missing !== null) {
        test.skip(`${name}: ${rule} ${title} (capability: ${missing})`, () => {})
        continue
      }
      test(`${name}: ${rule} ${title}`, async (t) => {
        const subject = await make()
        try {
          await t.notThrowsAsync(run(subject))
        } finally {
          await subject.dispose()
        }
      })
    }
  }
}
