/** All planted bugs, by number. */

import type { Patch } from './patch.js'
import { ADAPTER_PATCHES } from './patches-adapters.js'
import { CORE_PATCHES } from './patches-core.js'
import { ENGINE_PATCHES } from './patches-engine.js'

export const PATCHES: readonly Patch[] = [...CORE_PATCHES, ...ENGINE_PATCHES, ...ADAPTER_PATCHES].sort(
  (a, b) => a.number - b.number,
)
