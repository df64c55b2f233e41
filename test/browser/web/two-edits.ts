/** The same file changed in the page and in the folder before either hears of the other. */

import type { Demo } from './demo-child.js'
import { openFile } from './signed-in.js'
import type { WebPage } from './web-page.js'
import type { Witness } from './witness.js'

export interface TwoEdits {
  readonly path: string
  /** Typed in the page. */
  readonly mine: string
  /** Written to the folder, and the first that the server hears of. */
  readonly theirs: string
}

/** The page is told to work offline meanwhile; afterwards one conflict more stands in it. */
export async function editTwice(
  web: WebPage,
  { demo, witness }: { readonly demo: Demo; readonly witness: Witness },
  edits: readonly TwoEdits[],
): Promise<void> {
  await web.button('Work offline').click()
  await web.isStatus('Paused')
  for (const { path, mine, theirs } of edits) {
    await openFile(web, path)
    await web.editor(path).fill(mine)
    await web.editor(path).press('Control+s')
    await demo.save(path, theirs)
    await witness.sees(path, theirs)
  }
  await web.button('Work offline').click()
  await web.button(/^Conflicts, /).waitFor()
  await web.isStatus('In step')
}
