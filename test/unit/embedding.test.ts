/** docs/embedding.md: every snippet is a whole module of TypeScript that imports names which exist. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'
import ts from 'typescript'
import { SYNC_MODES, STATUS_STATES, SyncEngine } from '../../src/index.js'

const ROOT = resolve(import.meta.dirname, '../..')
const PAGE = readFileSync(join(ROOT, 'docs/embedding.md'), 'utf8')
const SNIPPETS = [...PAGE.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, text = '']) => text)
const EXPORTS = JSON.parse(readFileSync(join(ROOT, 'test/package/exports.json'), 'utf8')) as Readonly<
  Record<string, readonly string[]>
>

test('every snippet parses, and imports only public names', (t) => {
  t.true(SNIPPETS.length >= 5)
  for (const snippet of SNIPPETS) {
    t.deepEqual(ts.transpileModule(snippet, { reportDiagnostics: true }).diagnostics, [], snippet)
    t.regex(snippet, /^import .* from 'tidemark(\/node)?'$/m)
    for (const [, names = '', from = ''] of snippet.matchAll(/^import \{ (.+) \} from '(tidemark.*)'/gm)) {
      for (const name of names.split(', ')) t.true(EXPORTS[from]?.includes(name), `${name} from ${from}`)
    }
  }
})

test('every method that a snippet or a sentence calls on the engine is there; every mode and state is named', (t) => {
  for (const name of ['pause', 'resume', 'whenSynced', 'statuses', 'statusOf', 'why', 'start', 'stop', 'sync', 'plan'])
    t.true(PAGE.includes(`${name}(`) && name in SyncEngine.prototype, name)
  for (const word of [...SYNC_MODES, ...STATUS_STATES]) t.true(PAGE.includes(word), word)
})
