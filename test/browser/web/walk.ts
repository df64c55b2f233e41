/** What the walks through the page are given. */

import type { Demo } from './demo-child.js'
import type { Keyboard } from './keyboard.js'
import type { Visitor } from './web-browser.js'
import type { WebPage } from './web-page.js'
import type { Witness } from './witness.js'

export interface Walk {
  readonly web: WebPage
  readonly keys: Keyboard
  readonly demo: Demo
  readonly witness: Witness
  readonly faults: Visitor['faults']
}
