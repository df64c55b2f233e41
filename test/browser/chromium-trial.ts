/** A trial that stands in a page, driven from here: it fails of what the case says, and of what the page complains of. */

import type { Trial } from '../conformance/case.js'
import type { OpenPage } from './chromium.js'
import type { ToldTrial } from './page/conformance-page.js'
import type { TrialEnd } from './page/registry-trials.js'

/** For a case that never ends; the slowest takes a few seconds. */
const PATIENCE_MS = 90_000

function bound(): { readonly end: Promise<TrialEnd>; readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout>
  const end = new Promise<TrialEnd>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, error: `no end within ${PATIENCE_MS} ms` }), PATIENCE_MS)
  })
  return { end, stop: () => clearTimeout(timer) }
}

export class ChromiumTrial implements Trial {
  readonly of: string
  readonly adapter: string
  readonly rules: readonly string[]
  readonly title: string
  readonly lacks: readonly string[]
  readonly missing: string | null
  outcome: Trial['outcome'] = 'waiting'
  readonly run: () => Promise<void>

  constructor(told: ToldTrial, pageOf: () => Promise<OpenPage>) {
    this.of = told.of
    this.adapter = told.adapter
    this.rules = told.rules
    this.title = told.title
    this.lacks = told.lacks
    this.missing = told.missing
    this.run = async () => {
      this.outcome = 'failed'
      const page = await pageOf()
      const patience = bound()
      const end = await Promise.race([
        page.call<TrialEnd>('conformance', 'run', this.title),
        page.nextFault().catch((fault: unknown): TrialEnd => ({ ok: false, error: String(fault) })),
        patience.end,
      ]).finally(patience.stop)
      const faults = page.faults()
      if (!end.ok) throw new Error([end.error, ...faults].join('\n'))
      if (faults.length > 0) throw new Error(`the page complained:\n${faults.join('\n')}`)
      this.outcome = 'passed'
    }
  }
}
