/**
 * Cuts a script that breaks a rule down to what still breaks it: halves, then quarters, then single steps are left out, as
 * in "Simplifying and isolating failure-inducing input" (Zeller, Hildebrandt 2002). Deterministic; runs the script many times.
 */

import type { Violation } from './checks.js'
import type { AppStep, FaultStep, Script, UserStep } from './script.js'

type Step = (UserStep | FaultStep | AppStep) & { readonly phase: number }

/** A whole run each; enough for some sixty steps. */
const MOST_RUNS = 400

/** The shortest found in which one of the same rules is broken. */
export async function shrink(script: Script, run: (script: Script) => Promise<readonly Violation[]>): Promise<Script> {
  const rules = new Set((await run(script)).map(({ rule }) => rule))
  if (rules.size === 0) return script
  let steps = stepsOf(script)
  let runs = 0
  for (let size = Math.ceil(steps.length / 2); size >= 1; ) {
    let isShorter = false
    for (let from = 0; from < steps.length && runs < MOST_RUNS; ) {
      const fewer = [...steps.slice(0, from), ...steps.slice(from + size)]
      runs += 1
      if ((await run(scriptOf(script, fewer))).some(({ rule }) => rules.has(rule))) {
        steps = fewer
        isShorter = true
      } else from += size
    }
    if (size === 1 && !isShorter) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
    if (runs >= MOST_RUNS) break
  }
  return scriptOf(script, steps)
}

function stepsOf({ phases }: Script): readonly Step[] {
  return phases.flatMap(({ users, faults, apps = [] }, phase) =>
    [...users, ...faults, ...apps].map((step) => ({ ...step, phase })),
  )
}

/** Phases that are left empty at the end are left out. */
function scriptOf(script: Script, steps: readonly Step[]): Script {
  const last = Math.max(0, ...steps.map(({ phase }) => phase))
  const phases = Array.from({ length: last + 1 }, (_, at) => {
    const own = steps.filter(({ phase }) => phase === at).map(({ phase: _phase, ...step }) => step)
    const apps = own.filter((step): step is AppStep => 'asks' in step)
    return {
      users: own.filter((step): step is UserStep => 'deed' in step),
      faults: own.filter((step): step is FaultStep => 'fault' in step),
      ...(apps.length === 0 ? {} : { apps }),
    }
  })
  return { ...script, phases }
}
