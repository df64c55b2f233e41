/** docs/failure-model.md names tests and scripts: each of them is there, under the words that the page quotes. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/failure-model.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }

test('every file of tests that the page names is there', (t) => {
  const files = [...PAGE.matchAll(/`(test\/[\w./-]+)`/g)].map(([, path]) => path ?? '')
  t.true(files.length >= 15)
  t.deepEqual(
    files.filter((path) => !existsSync(join(ROOT, path))),
    [],
  )
})

test('every script that the page names is there', (t) => {
  const named = [...PAGE.matchAll(/`npm run ([\w:]+)`/g)].map(([, name]) => name ?? '')
  t.true(named.length >= 5)
  t.deepEqual(
    named.filter((name) => !(name in scripts)),
    [],
  )
})

test('every quoted test is in the file that the page names', (t) => {
  const quoted = [...PAGE.matchAll(/`(test\/[\w./-]+)`: "([^"]+)"/g)]
  t.true(quoted.length >= 7)
  const lacking = quoted.filter(([, path = '', title = '']) => !readFileSync(join(ROOT, path), 'utf8').includes(title))
  t.deepEqual(
    lacking.map(([text]) => text),
    [],
  )
})
