/** The reference of a repository: its public names, read from the source, and the pages of docs/api that tell of them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import config from '../../tsup.config.js'
import { publicEntries } from './entries.js'
import { pagesOf } from './pages.js'
import { type PublicEntry, readEntries } from './public-names.js'

export const PLACE = 'docs/api'

/** The public names of this repository. */
export function referenceOf(root: string): readonly PublicEntry[] {
  const sources = (config as { readonly entry: Readonly<Record<string, string>> }).entry
  return readEntries(root, publicEntries(root, sources))
}

/** What has to be done for the committed pages to be those of these entries; nothing when they are. */
export function outdated(root: string, entries: readonly PublicEntry[]): readonly string[] {
  const wanted = pagesOf(entries)
  const place = join(root, PLACE)
  const present = existsSync(place) ? readdirSync(place) : []
  const strange = present.filter((file) => !wanted.has(file)).map((file) => `${PLACE}/${file} belongs to no entry`)
  const wrong = [...wanted].filter(
    ([file, text]) => !present.includes(file) || readFileSync(join(place, file), 'utf8') !== text,
  )
  const stale = wrong.map(([file]) => `${PLACE}/${file} is not what the source says`)
  return [...strange, ...stale].map((fault) => `${fault}: run \`npm run docs:api\` and commit ${PLACE}`)
}
