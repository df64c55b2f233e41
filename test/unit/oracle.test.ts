/** The oracle of simulated worlds, as a truth table: what must be live, what may not come back, what nobody wrote. */

import test from 'ava'
import { Oracle, type Tree } from '../../adapters/simulation/oracle.js'

const FAIR = { wentBack: false, powerless: new Set<string>() }
const tree = (...texts: readonly string[]): Tree => new Map(texts.map((text, at) => [`/f${at}`, text]))
const live = (...texts: readonly string[]): ReadonlySet<string> => new Set(texts)

const LOST: readonly (readonly [string, (oracle: Oracle) => void, readonly string[], readonly string[]])[] = [
  ['written and live', (o) => o.wrote('A', 'x', null), ['x'], []],
  ['written and nowhere', (o) => o.wrote('A', 'x', null), [], ['x']],
  ['overwritten before its user', (o) => (o.wrote('A', 'x', null), o.wrote('A', 'y', 'x')), ['y'], []],
  ['overwritten by somebody who never saw it', (o) => (o.wrote('A', 'x', null), o.wrote('B', 'y', 'w')), ['y'], ['x']],
  ['deleted by its user', (o) => (o.wrote('A', 'x', null), o.deleted('A', 'x')), [], []],
  ['lost with the power', (o) => (o.wrote('A', 'x', null), o.mayBeLost('x')), [], []],
  ['an empty content is nobody’s', (o) => o.wrote('A', '', null), [], []],
]
for (const [title, does, there, lost] of LOST) {
  test(`INV-02 ${title}: ${lost.length === 0 ? 'nothing is lost' : `${lost.join()} is lost`}`, (t) => {
    const oracle = new Oracle()
    does(oracle)
    t.deepEqual(oracle.lost(live(...there), FAIR), lost)
  })
}

for (const [title, isLetGo, wentBack, lost] of [
  ['let go', true, false, ['x']],
  ['let go, and the server went back in time', true, true, []],
  ['kept, and the server went back in time', false, true, ['x']],
] as const) {
  test(`INV-02 ${title}: ${lost.length === 0 ? 'nothing is lost, then or later' : 'what is not there is lost'}`, (t) => {
    const oracle = new Oracle()
    oracle.wrote('A', 'x', null)
    if (isLetGo) oracle.letGo('x')
    t.deepEqual(oracle.lost(live(), { wentBack }), [...lost])
    t.deepEqual(oracle.lost(live(), FAIR), [...lost])
  })
}

const REVIVED: readonly (readonly [string, (oracle: Oracle) => void, Partial<typeof FAIR>, readonly string[]])[] = [
  ['deleted, and there', (o) => o.deleted('A', 'x'), {}, ['x']],
  ['deleted here, moved there: the move counts as an edit', (o) => (o.deleted('A', 'x'), o.touched('B', 'x')), {}, []],
  ['deleted here, edited there', (o) => (o.deleted('A', 'x'), o.wrote('B', 'y', 'x')), {}, []],
  ['deleted, and copied before', (o) => (o.copied('A', 'x'), o.deleted('A', 'x')), {}, []],
  ['deleted where the power failed', (o) => o.deleted('A', 'x'), { powerless: new Set(['A']) }, []],
  ['deleted where the power did not fail', (o) => o.deleted('A', 'x'), { powerless: new Set(['B']) }, ['x']],
  ['deleted while a server went back', (o) => o.deleted('A', 'x'), { wentBack: true }, []],
  ['never deleted', () => undefined, {}, []],
]
for (const [title, does, circumstances, revived] of REVIVED) {
  test(`INV-03 ${title}: ${revived.length === 0 ? 'it may be there' : 'it came back'}`, (t) => {
    const oracle = new Oracle()
    oracle.wrote('A', 'x', null)
    oracle.begin(tree('x'))
    does(oracle)
    t.deepEqual(oracle.revived(live('x'), { ...FAIR, ...circumstances }), revived)
  })
}

for (const [title, deletes, revived] of [
  ['one of two places: the other says nothing of it', ['A'], []],
  ['two places, by two users: each may have left the other', ['A', 'B'], []],
  ['two places, by one user', ['A', 'A'], ['x']],
] as const) {
  test(`INV-03 deleted at ${title}: ${revived.length === 0 ? 'it may be there' : 'it came back'}`, (t) => {
    const oracle = new Oracle()
    oracle.wrote('A', 'x', null)
    oracle.begin(tree('x', 'x'))
    for (const device of deletes) oracle.deleted(device, 'x')
    t.deepEqual(oracle.revived(live('x'), FAIR), revived)
  })
}

const STRANGERS: readonly (readonly [string, string, readonly string[]])[] = [
  ['a content that somebody wrote', 'new content', []],
  ['cut short', 'new con', []],
  ['zeros at its end', 'new con\0\0\0\0', []],
  ['the old one shining through', 'new centent', []],
  ['longer than both', 'new content and more', ['new content and more']],
  ['something else', 'what is this', ['what is this']],
  ['nothing at all', '', []],
]
for (const [title, found, strange] of STRANGERS) {
  test(`INV-08 after the power failed, ${title}: ${strange.length === 0 ? 'is its user’s' : 'nobody wrote it'}`, (t) => {
    const oracle = new Oracle()
    oracle.wrote('A', 'old cement', null)
    oracle.wrote('A', 'new content', 'old cement')
    oracle.mayBeLost('new content')
    t.deepEqual(oracle.strangers(live(found)), strange)
  })
}

test('INV-08 what was safe when the power failed may not be found torn', (t) => {
  const oracle = new Oracle()
  oracle.wrote('A', 'new content', null)
  t.deepEqual(oracle.strangers(live('new con')), ['new con'])
})

test('INV-04 whether anybody worked beside another is told by phase', (t) => {
  const oracle = new Oracle()
  t.deepEqual([...oracle.workers], [])
  oracle.wrote('A', 'x', null)
  oracle.worked('A')
  t.deepEqual([...oracle.workers], ['A'])
  oracle.worked('B')
  t.deepEqual([...oracle.workers], ['A', 'B'])
  oracle.begin(tree('x'))
  t.deepEqual([...oracle.workers], [])
})
