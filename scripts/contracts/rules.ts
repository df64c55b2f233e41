/**
 * The numbered rules of the contracts, read from the docstrings of the interfaces. The docstrings are the only place where
 * a rule is written; nothing here adds a word.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Rule {
  /** 'LOCAL-1'. */
  readonly id: string
  readonly text: string
  /** The member or type whose docstring it stands in, with its interface: 'LocalStore.open'. */
  readonly where: string
}

export interface Contract {
  /** 'LOCAL'. */
  readonly family: string
  /** The interface that most of the rules stand in. */
  readonly name: string
  /** Path below the root of the repository. */
  readonly file: string
  /** First lines of the file: what the interface is. */
  readonly about: string
  readonly rules: readonly Rule[]
}

const INTERFACES = 'src/interfaces'
/** The one contract that is not of the core: what stands under our own folder and pack files. */
const BESIDE = ['adapters/shared/disk.ts']
const COMMENT = /\/\*\*([\s\S]*?)\*\//g
/** A rule begins with its number and a space; goals of the whole (SEC, INV) are only mentioned. */
const NUMBER = /\b(?!SEC-|INV-)([A-Z]+-\d+) /
const MEMBER = /^\s*(?:export )?(?:interface |type )?(?:readonly )?(\w+)/

/** Contracts in the order of their families; files without a rule have none. */
export function contractsOf(root: string): readonly Contract[] {
  const files = readdirSync(join(root, INTERFACES))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${INTERFACES}/${name}`)
  const found = [...files, ...BESIDE].flatMap((file) => contractOf(file, readFileSync(join(root, file), 'utf8')))
  return found.sort((a, b) => (a.family < b.family ? -1 : 1))
}

/** None or one. Throws when the numbers of a file are not 1, 2, 3, … of one family. */
export function contractOf(file: string, source: string): readonly Contract[] {
  const comments = [...source.matchAll(COMMENT)].map((match) => ({
    text: plain(match[1]!),
    end: match.index + match[0].length,
  }))
  const rules = comments.flatMap(({ text, end }) => rulesOf(text, whereOf(source, end)))
  if (rules.length === 0) return []
  const byNumber = [...rules].sort((a, b) => numberOf(a) - numberOf(b))
  const family = byNumber[0]!.id.replace(/-\d+$/, '')
  const wanted = byNumber.map((_, at) => `${family}-${at + 1}`)
  const ids = byNumber.map(({ id }) => id)
  if (ids.join() !== wanted.join()) throw new Error(`${file}: the rules are ${ids.join(', ')}`)
  const about = (comments[0]?.text ?? '').replace(/ \([A-Z]+-\d.*?\)/, '')
  return [{ family, name: nameOf(byNumber, file), file, about, rules: byNumber }]
}

function plain(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .trim()
}

function rulesOf(text: string, where: string): readonly Rule[] {
  const [, ...parts] = text.split(NUMBER)
  const rules: Rule[] = []
  for (let at = 0; at < parts.length; at += 2) {
    rules.push({ id: parts[at]!, text: sentence(parts[at + 1]!), where })
  }
  return rules
}

/** As a sentence of its own: some stand between semicolons. */
function sentence(text: string): string {
  const bare = text.trim().replace(/[;,.]$/, '')
  return `${bare[0]!.toUpperCase()}${bare.slice(1)}.`
}

function whereOf(source: string, end: number): string {
  const below = source.slice(end).trimStart()
  const member = MEMBER.exec(below)?.[1] ?? ''
  if (/^export (?:interface|type) /.test(below)) return /^export (?:interface|type) (\w+)/.exec(below)![1]!
  const inside = [...source.slice(0, end).matchAll(/^export interface (\w+)/gm)].at(-1)?.[1]
  return inside === undefined ? member : `${inside}.${member}`
}

function numberOf({ id }: Rule): number {
  return Number(id.slice(id.lastIndexOf('-') + 1))
}

/** The interface named like the file. */
function nameOf(rules: readonly Rule[], file: string): string {
  const wanted = basename(file, '.ts').replaceAll('-', '')
  const names = rules.map(({ where }) => where.split('.')[0]!)
  const name = names.find((candidate) => candidate.toLowerCase() === wanted)
  if (name !== undefined) return name
  return basename(file, '.ts').replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
}
