/** The other device at work: what it does shows in the page, now, after a while offline, in a second tab, after a reload. */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Demo } from './demo-child.js'
import { openFile } from './signed-in.js'
import { WebPage } from './web-page.js'
import type { Witness } from './witness.js'

interface Sides {
  readonly web: WebPage
  readonly demo: Demo
  readonly witness: Witness
}

const PATH = 'Weather.md'

export async function followFolder(t: ExecutionContext, { web, demo }: Sides): Promise<void> {
  await demo.save(PATH, 'sun, then rain')
  await web.node(PATH, 'in step').waitFor()
  await openFile(web, PATH)
  await web.shows(PATH, 'sun, then rain')
  const editor = web.editor(PATH)
  await editor.evaluate((area) => {
    if (!(area instanceof HTMLTextAreaElement)) return
    area.focus()
    area.setSelectionRange(3, 3)
  })
  await demo.save(PATH, 'sun, then rain, then sun')
  await web.shows(PATH, 'sun, then rain, then sun')
  const caret = await editor.evaluate((area) => {
    return area instanceof HTMLTextAreaElement && area === document.activeElement ? area.selectionStart : null
  })
  t.is(caret, 3, 'neither focus nor caret is moved')
  await demo.save('Passing.md', 'gone soon')
  await web.node('Passing.md').waitFor()
  await rm(join(demo.folder, 'Passing.md'))
  await web.node('Passing.md').waitFor({ state: 'detached' })
}

export async function workOffline(t: ExecutionContext, { web, demo, witness }: Sides): Promise<void> {
  await web.button('Work offline').click()
  await web.isStatus('Paused')
  await demo.save(PATH, 'fog')
  await witness.sees(PATH, 'fog')
  t.is(await web.editor(PATH).inputValue(), 'sun, then rain, then sun', 'nothing comes in meanwhile')
  await web.button('Work offline').click()
  await web.shows(PATH, 'fog')
  await web.isStatus('In step')
}

/** One tab works, the other one shows what it does. */
export async function secondTab(t: ExecutionContext, { web, demo, witness }: Sides): Promise<void> {
  const page = await web.page.context().newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(demo.url)
  const second = new WebPage(page)
  await second.isStatus('In step')
  await page.getByText('Kept in step by another tab').waitFor()
  await openFile(second, PATH)
  await second.editor(PATH).fill('fog, says the second tab')
  await second.editor(PATH).press('Control+s')
  await witness.sees(PATH, 'fog, says the second tab')
  await web.shows(PATH, 'fog, says the second tab')
  await page.close()
  t.deepEqual(faults, [])
}

export async function reload(t: ExecutionContext, { web, demo }: Sides): Promise<void> {
  await web.page.reload()
  await web.heading(1, 'Tidemark notes').waitFor()
  await web.isStatus('In step')
  for (const name of ['Ideas', 'Pictures', 'Welcome.md', PATH]) await web.node(name, 'in step').waitFor()
  await openFile(web, PATH)
  await web.shows(PATH, 'fog, says the second tab')
  t.is(await web.heading(1, 'Sign in').count(), 0)
  t.is(demo.said(), '')
}

export async function signOut(t: ExecutionContext, { web }: Sides): Promise<void> {
  await web.button('Sign out').click()
  const dialog = web.dialog()
  await dialog.getByRole('checkbox', { name: 'Remove the files of this browser' }).check()
  await dialog.getByRole('button', { name: 'Sign out' }).click()
  await web.heading(1, 'Sign in').waitFor()
  await web.page.reload()
  await web.heading(1, 'Sign in').waitFor()
  const left = await web.page.evaluate(async () => {
    const names: string[] = []
    const root = await navigator.storage.getDirectory()
    for await (const handle of root.values()) {
      if (!(handle instanceof FileSystemDirectoryHandle)) continue
      for await (const { name } of handle.values()) names.push(name)
    }
    return names
  })
  t.deepEqual(
    left.filter((name) => name.endsWith('.md')),
    [],
  )
}
