/** Notes by the keyboard: one is edited, one is made, and a folder; each is on the disk of the other device afterwards. */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { textAt, until } from './condition.js'
import type { Walk } from './walk.js'

export async function editByKeys(t: ExecutionContext, { web, keys, demo }: Walk): Promise<void> {
  const was = (await textAt(demo.folder, 'Welcome.md')) ?? ''
  await keys.toNode(web.tree, [() => web.node('Welcome.md')])
  await keys.press('Enter')
  await web.shows('Welcome.md', was)
  await keys.to(web.editor('Welcome.md'))
  await keys.press('Control+End')
  await keys.type('Typed in the page.')
  await until('the edit is in the folder', async () => {
    return (await textAt(demo.folder, 'Welcome.md')) === `${was}Typed in the page.`
  })
  await web.node('Welcome.md', 'in step').waitFor()
  t.true(await web.editor('Welcome.md').evaluate((area) => area === document.activeElement), 'the focus stays')
}

export async function makeByKeys(t: ExecutionContext, { web, keys, demo }: Walk): Promise<void> {
  await keys.activate(web.button('New note'))
  await web.dialog().waitFor()
  await keys.write(web.input('Name'), 'up/and away')
  await keys.press('Enter')
  await web.dialog().getByRole('alert').waitFor()
  await keys.write(web.input('Name'), 'Plans.md')
  await keys.press('Enter')
  await web.heading(2, 'Plans.md').waitFor()
  await keys.to(web.editor('Plans.md'))
  await keys.type('Sow the beans')
  await keys.press('Control+S')
  await until('the new note is in the folder', async () => (await textAt(demo.folder, 'Plans.md')) === 'Sow the beans')

  await keys.activate(web.button('New folder'))
  await keys.write(web.input('Name'), 'Letters')
  await keys.activate(web.button('Create'))
  await web.node('Letters', 'in step').waitFor()
  await until('the new folder is in the folder', () => isDirectory(join(demo.folder, 'Letters')))

  await keys.activate(web.button('New note'))
  await keys.press('Escape')
  await web.dialog().waitFor({ state: 'hidden' })
  t.true(await hasFocus(web.button('New note')), 'the focus goes back to what opened the dialog')
}

export async function renameByKeys({ web, keys, demo }: Walk): Promise<void> {
  await keys.toNode(web.tree, [() => web.node('Plans.md')])
  await keys.press('Enter')
  await web.heading(2, 'Plans.md').waitFor()
  await keys.activate(web.button('Rename'))
  await keys.write(web.input('Name'), 'Spring plans.md')
  await keys.press('Enter')
  await web.heading(2, 'Spring plans.md').waitFor()
  await until('it is renamed in the folder', async () => {
    const [was, is] = [await textAt(demo.folder, 'Plans.md'), await textAt(demo.folder, 'Spring plans.md')]
    return was === null && is === 'Sow the beans'
  })
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() === true
}

function hasFocus(target: { evaluate: (look: (element: Element) => boolean) => Promise<boolean> }): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement)
}
