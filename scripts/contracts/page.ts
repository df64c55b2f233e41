/** docs/contracts.md as text: every numbered rule, contract by contract. Pure: the rules come from rules.ts. */

import type { Contract, Rule } from './rules.js'

const HEAD = `# Contracts

What a host gives to Tidemark is one interface each, and each interface is a list of numbered rules. The rules are written in the
docstrings of the interfaces; this page is made of them by \`npm run docs:contracts\`, and a test fails when it is not. Cases in
\`tidemark/conformance\` name the rules they try, every rule has one at least, and [writing an adapter](writing-an-adapter.md)
shows how to run them.
`

const GOALS = `## Goals of the whole

Some cases name a goal of the whole library beside, or in place of, the rule of an interface.
`

export function contractsPage(contracts: readonly Contract[], goals: ReadonlyMap<string, string>): string {
  const index = contracts.map(({ name, family }) => `[${name}](#${name.toLowerCase()}) (${family})`).join(' · ')
  const goalRows = [...goals].map(([id, text]) => row([id, text]))
  return [
    HEAD,
    `${index}\n`,
    ...contracts.map(section),
    [GOALS, row(['goal', 'text']), row(['---', '---']), ...goalRows, ''].join('\n'),
  ].join('\n')
}

function section({ name, file, about, rules }: Contract): string {
  const head = `## ${name}\n\n${about}\n\nWritten in [${file}](../${file}).\n`
  return [head, row(['rule', 'of', 'text']), row(['---', '---', '---']), ...rules.map(ruleRow), ''].join('\n')
}

function ruleRow({ id, where, text }: Rule): string {
  return row([id, `\`${where}\``, text])
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
