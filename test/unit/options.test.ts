/** What the options of an engine accept, as far as rules and scope go: a table of values. */

import test from 'ava'
import { memoryFolder } from '../../adapters/memory/index.js'
import { seededRandom } from '../../adapters/shared/seeded-random.js'
import { virtualClock } from '../../adapters/shared/virtual-clock.js'
import { SyncEngine } from '../../src/index.js'

const accepted: readonly (readonly [title: string, options: object])[] = [
  ['no rules, no scope', {}],
  ['rules', { ignore: ['*.log', '', '# why', '!keep.log'] }],
  ['a scope', { scope: { exclude: ['Photos/2019', 'b'] } }],
  ['an empty scope', { scope: { exclude: [] } }],
  ['as many rules as there may be', { ignore: Array.from({ length: 4_999 }, () => 'a') }],
]
const refused: readonly (readonly [title: string, options: object])[] = [
  ['rules that are one text', { ignore: '*.log' }],
  ['a rule that is no text', { ignore: [1] }],
  ['a rule of two lines', { ignore: ['a\nb'] }],
  ['a rule of two lines of an old Mac', { ignore: ['a\rb'] }],
  ['too many rules', { ignore: Array.from({ length: 5_000 }, () => 'a') }],
  ['rules that are too long', { ignore: ['a'.repeat(256 * 1024 + 1)] }],
  ['a scope that is a list', { scope: ['a'] }],
  ['a scope without its list', { scope: {} }],
  ['a scope with something else', { scope: { exclude: [], include: [] } }],
  ['the root out of scope', { scope: { exclude: [''] } }],
  ['an absolute path', { scope: { exclude: ['/a'] } }],
  ['a path with a slash at its end', { scope: { exclude: ['a/'] } }],
  ['a path that leaves the root', { scope: { exclude: ['../a'] } }],
  ['our own directory', { scope: { exclude: ['.tidemark'] } }],
  ['too many paths', { scope: { exclude: Array.from({ length: 10_001 }, (_, at) => `d${at}`) } }],
]

function engineWith(options: object): SyncEngine {
  const clock = virtualClock()
  const transport = { workspace: 'w', exchange: () => undefined, subscribe: () => undefined, close: () => undefined }
  const { local, state, hasher } = memoryFolder({ clock })
  return new SyncEngine({ local, state, hasher, random: seededRandom(1), clock, transport, ...options } as never)
}

for (const [title, options] of accepted) {
  test(`options: ${title}`, (t) => {
    t.notThrows(() => engineWith(options))
  })
}
for (const [title, options] of refused) {
  test(`options refused: ${title}`, (t) => {
    const [subject] = Object.keys(options)
    t.like(
      t.throws(() => engineWith(options)),
      { code: 'invalid-option', subject } as never,
    )
  })
}
