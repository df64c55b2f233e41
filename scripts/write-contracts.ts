/** `npm run docs:contracts`: writes docs/contracts.md from the docstrings of the interfaces. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { GOALS } from '../test/conformance/goals.table.js'
import { contractsPage } from './contracts/page.js'
import { contractsOf } from './contracts/rules.js'

const root = resolve(import.meta.dirname, '..')
writeFileSync(join(root, 'docs/contracts.md'), contractsPage(contractsOf(root), GOALS))
