/** A few notes to begin with, for a folder that has nothing in it. */

import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { sunrisePng } from './sunrise-png.js'

/** The engine's own directory is no content of the folder. */
const OWN = '.tidemark'

const NOTES: Readonly<Record<string, string>> = {
  'Welcome.md': `# Welcome

This note lies in a folder of this machine and in this page, and both are kept in step.

- Change it here, or in the folder with any editor: the other side follows at once.
- Press "Work offline", change it on both sides, and go online again: both texts are kept.
- Delete it and bring it back: the history has it.
`,
  'Shopping list.md': `- bread
- apples, the red ones
- coffee
- a light bulb for the hall
`,
  'Ideas/Garden.md': `# Garden

Beans along the fence, and something for the bees beside the gate.
`,
  'Ideas/Reading.md': `# Reading

- the one about tides that Ben lent me
- a book of maps
`,
}
const PICTURE = 'Pictures/Sunrise.png'

/** Leaves a folder alone that has anything in it. */
export async function seedNotes(folder: string): Promise<void> {
  const there = await readdir(folder)
  if (there.some((name) => name !== OWN)) return
  for (const [path, text] of Object.entries(NOTES)) await put(folder, path, text)
  await put(folder, PICTURE, sunrisePng())
}

async function put(folder: string, path: string, content: string | Uint8Array): Promise<void> {
  const target = join(folder, path)
  await mkdir(dirname(target), { recursive: true })
  // What came to be there meanwhile is somebody's.
  await writeFile(target, content, { flag: 'wx' })
}
