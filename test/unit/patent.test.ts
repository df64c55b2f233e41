/** The page about the patent names files and tests: each of them exists, and no claim or element is left out. */

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = 'docs/patent.md'

interface Section {
  readonly title: string
  readonly files: readonly string[]
  readonly proofs: readonly { readonly file: string; readonly title: string }[]
}

function sectionsOf(page: string): readonly Section[] {
  return page
    .split(/^### /m)
    .slice(1)
    .map((text) => ({
      title: text.slice(0, text.indexOf('\n')),
      files: [...text.matchAll(/`([\w./-]+\/[\w./-]+\.\w+)`/g)].map(([, file = '']) => file),
      proofs: [...text.matchAll(/^- `(test\/[^`]+)`: "(.+)"$/gm)].map(([, file = '', title = '']) => ({ file, title })),
    }))
}

/** A test of this very title is declared in the text. */
function declares(text: string, title: string): boolean {
  return [`test('${title}'`, `test.serial('${title}'`, `title: '${title}'`].some((declaration) =>
    text.includes(declaration),
  )
}

const sections = sectionsOf(readFileSync(join(ROOT, PAGE), 'utf8'))

test('the page has a section for each of the five claims and each of the eight elements', (t) => {
  t.is(sections.length, 5 + 8)
  for (let claim = 1; claim <= 5; claim++) t.true(sections[claim - 1]?.title.startsWith(`Claim ${claim} `))
})

for (const { title, files, proofs } of sections) {
  test(`every file and test named under "${title}" exists`, (t) => {
    t.true(proofs.length > 0)
    t.true(files.length > proofs.length, 'it names what builds it, too')
    for (const file of files) t.true(existsSync(join(ROOT, file)), file)
    for (const { file, title: proof } of proofs) {
      t.true(declares(readFileSync(join(ROOT, file), 'utf8'), proof), `${file}: ${proof}`)
    }
  })
}

test('a title that is almost right is not found', (t) => {
  const text = "test('a title', async (t) => {"
  t.true(declares(text, 'a title'))
  t.false(declares(text, 'a titl'))
  t.false(declares(text, 'another title'))
  t.false(declares('// a title', 'a title'))
})
