/** Contracts and cases against each other: no rule without a case, no case without a rule. */

import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'ava'
import { contractsPage } from '../../scripts/contracts/page.js'
import { contractOf, contractsOf } from '../../scripts/contracts/rules.js'
import { rulesOf } from './case.js'
import { GOALS } from './goals.table.js'
import { INTERFACES, suite } from './suites.js'

const ROOT = resolve(import.meta.dirname, '../..')
const CONTRACTS = contractsOf(ROOT)

test('A21 every contract has a suite of its name, and every suite a contract', (t) => {
  t.deepEqual([...INTERFACES].sort(), CONTRACTS.map(({ name }) => name).sort())
})

for (const name of INTERFACES) {
  const rules = CONTRACTS.find((contract) => contract.name === name)?.rules.map(({ id }) => id) ?? []
  const named = suite(name).cases.flatMap((one) => rulesOf(one))

  test(`${name}: A21 every rule of its docstrings has a case`, (t) => {
    t.true(rules.length > 0)
    t.deepEqual(
      rules.filter((rule) => !named.includes(rule)),
      [],
    )
  })

  test(`${name}: A21 every case names rules of this contract, or goals that are told`, (t) => {
    t.deepEqual(
      named.filter((rule) => !rules.includes(rule) && !GOALS.has(rule)),
      [],
    )
  })

  test(`${name}: A21 no two cases are called the same`, (t) => {
    const titles = suite(name).cases.map(({ rule, title }) => `${rule} ${title}`)
    t.deepEqual(
      titles.filter((title, at) => titles.indexOf(title) !== at),
      [],
    )
  })
}

test('A21 every goal that is told is named by a case', (t) => {
  const named = new Set(INTERFACES.flatMap((name) => suite(name).cases.flatMap((one) => rulesOf(one))))
  t.deepEqual(
    [...GOALS.keys()].filter((goal) => !named.has(goal)),
    [],
  )
})

test('docs/contracts.md is what the docstrings say: npm run docs:contracts writes it anew', (t) => {
  t.is(readFileSync(join(ROOT, 'docs/contracts.md'), 'utf8'), contractsPage(CONTRACTS, GOALS))
})

test('A21 rules are read from docstrings: several in one, over lines, with a gap refused', (t) => {
  const source = [
    '/** What it is. */',
    'export interface Thing {',
    '  /** THING-1 First of them (SEC-31); THING-2 then',
    '   * another. */',
    '  readonly one: string',
    '}',
  ].join('\n')
  const [contract] = contractOf('src/interfaces/thing.ts', source)
  t.is(contract?.name, 'Thing')
  t.deepEqual(contract?.rules, [
    { id: 'THING-1', text: 'First of them (SEC-31).', where: 'Thing.one' },
    { id: 'THING-2', text: 'Then another.', where: 'Thing.one' },
  ])
  t.throws(() => contractOf('src/interfaces/thing.ts', source.replace('THING-2', 'THING-3')))
  t.throws(() => contractOf('src/interfaces/thing.ts', source.replace('THING-2', 'OTHER-2')))
  t.deepEqual(contractOf('src/interfaces/thing.ts', '/** Nothing numbered. */'), [])
})
