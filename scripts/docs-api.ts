/** `npm run docs:api`: writes docs/api from the docstrings of the source, and names what has none. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pagesOf } from './api/pages.js'
import { undocumented } from './api/public-names.js'
import { PLACE, referenceOf } from './api/reference.js'

const root = resolve(import.meta.dirname, '..')
const entries = referenceOf(root)
const place = join(root, PLACE)
mkdirSync(place, { recursive: true })
for (const file of readdirSync(place)) rmSync(join(place, file))
for (const [file, text] of pagesOf(entries)) writeFileSync(join(place, file), text)

const missing = undocumented(entries)
for (const line of missing) console.log(line)
process.exitCode = missing.length > 0 ? 1 : 0
