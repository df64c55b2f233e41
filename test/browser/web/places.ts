/** The places of the page that are looked at, one after the other: each is entered, looked at, and left again. */

import type { Demo } from './demo-child.js'
import { openFile } from './signed-in.js'
import { editTwice } from './two-edits.js'
import type { WebPage } from './web-page.js'
import type { Witness } from './witness.js'

export interface Place {
  readonly name: string
  /** Once, whoever looks; by the page of one of them. */
  readonly prepare?: (web: WebPage) => Promise<void>
  /** From the tree, which is in sight. */
  readonly enter: (web: WebPage) => Promise<void>
  readonly leave: (web: WebPage) => Promise<void>
}

interface Sides {
  readonly demo: Demo
  readonly witness: Witness
}

const LIST = 'Shopping list.md'
const LISTS = [
  '- bread\n- apples, the red ones\n',
  '- bread\n- apples, the red ones\n- coffee\n- a light bulb for the hall\n- stamps\n',
]
const READING = {
  path: 'Ideas/Reading.md',
  mine: '# Reading\n\n- the one about tides that Ben lent me\n- a book of maps, by the window\n- something short\n',
  theirs: '# Reading\n\n- the one about tides, given back\n- a book of maps\n',
}

/** After signing in. */
export function placesOf(sides: Sides): readonly Place[] {
  return [
    { name: 'app', enter: (web) => openFile(web, 'Welcome.md'), leave: backToFiles },
    { name: 'picture', enter: seePicture, leave: backToFiles },
    { name: 'new note', enter: (web) => opened(web, 'New note'), leave: escape },
    { name: 'rename', enter: (web) => openedFor(web, 'Rename'), leave: escape },
    { name: 'sign out', enter: (web) => opened(web, 'Sign out'), leave: escape },
    { name: 'history', prepare: () => editList(sides), enter: seeHistory, leave: leavePanel },
    {
      name: 'conflict',
      prepare: async (web) => {
        await editTwice(web, sides, [READING])
        await backToFiles(web)
      },
      enter: seeConflict,
      leave: leavePanel,
    },
  ]
}

async function seePicture(web: WebPage): Promise<void> {
  await openFile(web, 'Pictures/Sunrise.png')
  await web.page.getByRole('main').getByRole('img').waitFor()
}

async function editList({ demo, witness }: Sides): Promise<void> {
  for (const text of LISTS) {
    await demo.save(LIST, text)
    await witness.sees(LIST, text)
  }
}

async function seeHistory(web: WebPage): Promise<void> {
  await openFile(web, LIST)
  await web.shows(LIST, LISTS.at(-1) ?? '')
  await web.button('History').click()
  const shown = web.region(`History of ${LIST}`).getByRole('listitem')
  await shown.nth(LISTS.length).waitFor()
}

async function seeConflict(web: WebPage): Promise<void> {
  await web.button('Conflicts, 1').click()
  const region = web.region('Conflicts')
  await region.getByRole('heading', { level: 3, name: READING.path }).waitFor()
  for (const line of ['something short', 'given back']) await region.getByText(line).waitFor()
}

async function opened(web: WebPage, button: string): Promise<void> {
  await web.button(button).click()
  await web.dialog().waitFor()
}

async function openedFor(web: WebPage, button: string): Promise<void> {
  await openFile(web, 'Welcome.md')
  await opened(web, button)
}

async function escape(web: WebPage): Promise<void> {
  await web.page.keyboard.press('Escape')
  await web.dialog().waitFor({ state: 'hidden' })
}

async function leavePanel(web: WebPage): Promise<void> {
  await web.page.keyboard.press('Escape')
  await backToFiles(web)
}

/** On a narrow screen what is open covers the tree. */
async function backToFiles(web: WebPage): Promise<void> {
  const back = web.button('Back to files')
  if (await back.isVisible()) await back.click()
  await web.tree.waitFor()
}
