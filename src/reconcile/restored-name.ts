/** The names a restored node is tried under when its own is taken: `stem (restored).ext`, then numbered. Pure. */

import type { DiskTraits } from '../model/disk-traits.js'
import { markedName } from './conflict-name.js'

export interface RestoredNameParts {
  readonly name: string
  readonly kind: string
  readonly limit: DiskTraits['nameLimit'] | null
}

/** `attempt` from 0: the name itself. */
export function restoredName(parts: RestoredNameParts, attempt: number): string {
  if (attempt === 0) return parts.name
  return markedName(parts, attempt === 1 ? 'restored' : `restored ${attempt}`)
}
