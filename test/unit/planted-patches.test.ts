/** RELIABILITY 4.1: a planted bug that does not apply any more, or is missing, would be counted as nothing. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import ts from 'typescript'
import { editsOf, misfit } from '../../scripts/planted/patch.js'
import { ROOT } from '../../scripts/planted/patched-tree.js'
import { PATCHES } from '../../scripts/planted/patches.js'

const MOST = 50

test('the planted bugs are numbered from 1 to 50, each once', (t) => {
  t.deepEqual(
    PATCHES.map(({ number }) => number),
    Array.from({ length: MOST }, (_, at) => at + 1),
  )
})

for (const patch of PATCHES) {
  test(`planted bug ${patch.number} applies to the source as it is, and leaves a program: ${patch.what}`, (t) => {
    const texts = new Map<string, string>()
    for (const edit of editsOf(patch)) {
      const text = texts.get(edit.file) ?? readFileSync(join(ROOT, edit.file), 'utf8')
      t.is(misfit(patch, edit, text), null)
      texts.set(
        edit.file,
        text.replace(edit.from, () => edit.to),
      )
    }
    for (const [file, text] of texts) {
      const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext }
      const { diagnostics } = ts.transpileModule(text, { reportDiagnostics: true, compilerOptions: options })
      t.deepEqual(diagnostics, [], file)
    }
  })
}

test('a planted bug whose text is gone, or stands in two places, is told by its number', (t) => {
  const patch = { number: 7, what: 'any', file: 'src/any.ts', from: 'a', to: 'b' }
  t.is(misfit(patch, patch, 'cat'), null)
  t.regex(misfit(patch, patch, 'dog') ?? '', /^planted bug 7 does not apply: .* 0 times in src\/any.ts/)
  t.regex(misfit(patch, patch, 'banana') ?? '', /^planted bug 7 does not apply: .* 3 times/)
  t.regex(misfit(patch, { ...patch, file: 'test/any.ts' }, 'cat') ?? '', /not shipped source/)
})
