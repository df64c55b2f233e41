/** All trials of registries, and how one of them ends: as plain data, so that it can leave the page or the worker. */

import { type Trial, trials } from '../../conformance/case.js'
import { type AdapterOf, INTERFACES, type InterfaceName, suite } from '../../conformance/suites.js'

export type Registries = { readonly [Name in InterfaceName]?: readonly AdapterOf<Name>[] }

/** The error with its place, where the rule was broken. */
export type TrialEnd = { readonly ok: true } | { readonly ok: false; readonly error: string }

export function trialsIn(registries: Registries): readonly Trial[] {
  const ofOne = <Name extends InterfaceName>(name: Name): readonly Trial[] => {
    const adapters: readonly AdapterOf<Name>[] = registries[name] ?? []
    return adapters.flatMap((adapter) => trials(suite(name), adapter))
  }
  return INTERFACES.flatMap((name) => ofOne(name))
}

export async function endOf(trial: Trial): Promise<TrialEnd> {
  try {
    await trial.run()
    return { ok: true }
  } catch (error) {
    return { ok: false, error: told(error) }
  }
}

function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const why = error.cause === undefined ? '' : `\nbecause of ${told(error.cause)}`
  return `${error.stack ?? error.message}${why}`
}
