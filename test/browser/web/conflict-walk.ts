/** Both change a note while the page works offline: both texts are kept, and a person chooses, by the keyboard. */

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Locator } from 'playwright-core'
import { textAt, until } from './condition.js'
import type { Walk } from './walk.js'

interface Choice {
  readonly name: string
  readonly mine: string
  readonly theirs: string
  readonly keeps: 'mine' | 'theirs'
}

const CHOICES: readonly Choice[] = [
  { name: 'Garden.md', mine: 'beans, says the page', theirs: 'peas, says the folder', keeps: 'mine' },
  { name: 'Reading.md', mine: 'tides, says the page', theirs: 'maps, says the folder', keeps: 'theirs' },
]

export async function chooseByKeys(t: ExecutionContext, walk: Walk): Promise<void> {
  const { web, keys, demo } = walk
  const ideas = join(demo.folder, 'Ideas')
  const offline = web.button('Work offline')
  await keys.activate(offline)
  await web.isStatus('Paused')
  t.is(await offline.getAttribute('aria-pressed'), 'true')
  for (const choice of CHOICES) await editBoth(walk, choice)
  await keys.activate(offline)
  await web.button('Conflicts, 2').waitFor()
  for (const { name, mine, theirs } of CHOICES) {
    t.is(await textAt(ideas, name), theirs)
    await until(`both texts of ${name} are in the folder`, async () => {
      const copies = await copiesIn(ideas, name)
      return copies.length === 1 && (await textAt(ideas, copies[0]!)) === mine
    })
  }
  await keys.activate(web.button('Conflicts, 2'))
  for (const { name, mine, theirs, keeps } of CHOICES) {
    const conflict = oneConflict(web.region('Conflicts'), `Ideas/${name}`)
    await keys.activate(conflict.getByRole('button', { name: keeps === 'mine' ? 'Keep mine' : 'Keep theirs' }))
    await until(`one text of ${name} is left`, async () => (await copiesIn(ideas, name)).length === 0)
    const kept = keeps === 'mine' ? mine : theirs
    await until(`${name} says '${kept}'`, async () => (await textAt(ideas, name)) === kept)
  }
  await web.button(/^Conflicts, /).waitFor({ state: 'hidden' })
}

async function editBoth({ web, keys, demo, witness }: Walk, { name, mine, theirs }: Choice): Promise<void> {
  await keys.toNode(web.tree, [() => web.node('Ideas'), () => web.node(name)])
  await keys.press('Enter')
  await web.heading(2, `Ideas/${name}`).waitFor()
  await keys.write(web.editor(`Ideas/${name}`), mine)
  await keys.press('Control+S')
  await demo.save(`Ideas/${name}`, theirs)
  await witness.sees(`Ideas/${name}`, theirs)
}

/** The smallest part of the region that holds both the heading and its buttons. */
function oneConflict(region: Locator, path: string): Locator {
  const page = region.page()
  return region
    .locator('*')
    .filter({ has: page.getByRole('heading', { level: 3, name: path, exact: true }) })
    .filter({ has: page.getByRole('button', { name: 'Keep both' }) })
    .last()
}

async function copiesIn(directory: string, name: string): Promise<readonly string[]> {
  const stem = name.replace(/\.md$/, '')
  return (await readdir(directory)).filter((one) => one.startsWith(`${stem} (conflicted copy `))
}
