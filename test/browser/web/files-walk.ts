/** Files of any kind: chosen, and dropped on the page, which is the one thing that no keyboard can do. */

import type { ExecutionContext } from 'ava'
import { bytesAt, until } from './condition.js'
import type { Walk } from './walk.js'

/** All bytes there are: no text of any kind. */
const BYTES = Buffer.from(Array.from({ length: 4_096 }, (_, at) => (at * 7) % 256))

export async function addFiles(t: ExecutionContext, { web, keys, demo }: Walk): Promise<void> {
  await web.page.getByLabel('Add files').setInputFiles([
    { name: 'tides.bin', mimeType: 'application/octet-stream', buffer: BYTES },
    { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n') },
  ])
  await until('both are in the folder', async () => {
    const [tides, list] = [await bytesAt(demo.folder, 'tides.bin'), await bytesAt(demo.folder, 'list.csv')]
    return tides?.equals(BYTES) === true && list?.toString() === 'a,b\n'
  })
  await drop(web.page, 'dropped.txt', 'let go over the page')
  await until('what was dropped is in the folder', async () => {
    return (await bytesAt(demo.folder, 'dropped.txt'))?.toString() === 'let go over the page'
  })
  // The picture that comes with the demo, back from OPFS as it is on the disk.
  await keys.toNode(web.tree, [() => web.node('Pictures'), () => web.node('Sunrise.png')])
  await keys.press('Enter')
  await web.heading(2, 'Pictures/Sunrise.png').waitFor()
  const image = web.page.getByRole('main').getByRole('img')
  await image.waitFor()
  await web.page.waitForFunction(() => [...document.images].some(({ naturalWidth }) => naturalWidth === 240))
  const download = web.page.waitForEvent('download')
  await keys.activate(web.page.getByRole('link', { name: 'Download' }))
  const there = await bytesAt(demo.folder, 'Pictures/Sunrise.png')
  const path = await (await download).path()
  t.deepEqual(await bytesAt(path, ''), there)
}

/** As the system hands files over to a page. */
async function drop(page: Walk['web']['page'], name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([called, content]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], called, { type: 'text/plain' }))
      return transfer
    },
    [name, text] as const,
  )
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer })
}
