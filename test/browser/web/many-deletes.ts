/** More than half of the files would go at once: the page asks first. In a workspace that no other device has. */

import type { ExecutionContext } from 'ava'
import type { WebPage } from './web-page.js'

const FILES = Array.from({ length: 12 }, (_, at) => ({
  name: `leaf ${at + 1}.txt`,
  mimeType: 'text/plain',
  buffer: Buffer.from(`leaf ${at + 1}`),
}))

/** `look` is called while the question stands. */
export async function deleteMany(t: ExecutionContext, web: WebPage, look: () => Promise<void>): Promise<void> {
  await web.button('New folder').click()
  await web.input('Name').fill('Leaves')
  await web.button('Create').click()
  await web.node('Leaves').click()
  await web.page.getByLabel('Add files').setInputFiles(FILES)
  await web.notices.getByText('12 files are added.').waitFor()
  await web.node('Leaves', 'in step').waitFor()
  const question = web.page.getByRole('alertdialog', { name: 'Many deletes' })

  await deleteLeaves(web)
  await question.waitFor()
  t.regex((await question.textContent()) ?? '', /12 of 12 files are gone from this browser/)
  await look()
  await question.getByRole('button', { name: 'Keep them' }).click()
  await web.node('Leaves', 'in step').waitFor()
  await web.isStatus('In step')

  await deleteLeaves(web)
  await question.getByRole('button', { name: 'Delete them' }).click()
  await web.node('Leaves').waitFor({ state: 'detached' })
  await web.isStatus('In step')
}

async function deleteLeaves(web: WebPage): Promise<void> {
  await web.node('Leaves').click()
  await web.button('Delete').click()
}
