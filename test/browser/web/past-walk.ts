/** What is gone comes back, by the keyboard: a deleted note, and what a note said before. */

import type { ExecutionContext } from 'ava'
import { textAt, until } from './condition.js'
import type { Walk } from './walk.js'

export async function bringBackByKeys(t: ExecutionContext, { web, keys, demo }: Walk): Promise<void> {
  const path = 'Shopping list.md'
  const was = await textAt(demo.folder, path)
  t.truthy(was)
  await keys.toNode(web.tree, [() => web.node(path)])
  await keys.press('Enter')
  await web.heading(2, path).waitFor()
  await keys.activate(web.button('Delete'))
  await until('it is gone from the folder', async () => (await textAt(demo.folder, path)) === null)
  await keys.activate(web.notices.getByRole('button', { name: 'Bring back' }).first())
  await until('it is back in the folder', async () => (await textAt(demo.folder, path)) === was)
  await web.node(path, 'in step').waitFor()
}

/** The first text of the note that was edited before. */
export async function restoreByKeys(t: ExecutionContext, { web, keys, demo }: Walk, first: string): Promise<void> {
  const path = 'Welcome.md'
  t.not(await textAt(demo.folder, path), first)
  await keys.toNode(web.tree, [() => web.node(path)])
  await keys.press('Enter')
  await web.heading(2, path).waitFor()
  await keys.activate(web.button('History'))
  const history = web.region(`History of ${path}`)
  const restores = history.getByRole('button', { name: /^Restore \d+$/ })
  await restores.last().waitFor()
  await keys.activate(restores.last())
  await until('the first text is in the folder', async () => (await textAt(demo.folder, path)) === first)
  await web.shows(path, first)
  await keys.press('Escape')
  await history.waitFor({ state: 'hidden' })
  t.true(await web.button('History').evaluate((button) => button === document.activeElement))
}
