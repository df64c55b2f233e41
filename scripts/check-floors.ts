/**
 * `npm run lint:floors [-- --root <directory>]`: prints each arrow that breaks the floors, then the three counts.
 * Exit 1 on any violation, and when nothing was found to look at.
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { survey } from './floors/survey.js'

const { values } = parseArgs({ options: { root: { type: 'string', default: resolve(import.meta.dirname, '..') } } })
const { files, arrows, violations } = survey(values.root)

for (const { fault, where, what } of violations) console.log(`${fault.padEnd(10)} ${where} → ${what}`)
const count = (fault: string): number => violations.filter((violation) => violation.fault === fault).length
const [up, circles, siblings] = [count('up'), count('circle'), count('sibling')]
const others = violations.length - up - circles - siblings
console.log(
  `${up} up, ${circles} circles, ${siblings} siblings${others > 0 ? `, ${others} others` : ''} ` +
    `(${files} files, ${arrows} arrows)`,
)
process.exitCode = violations.length > 0 || files === 0 ? 1 : 0
