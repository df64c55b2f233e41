/** What an entry makes public: each name with its kind, signature, docstring and members, read from the source. */
import { join, relative } from 'node:path'
import ts from 'typescript'
import type { Entry } from './entries.js'
import { helpersOf } from './helpers.js'
import { memberSignature, signatureOf } from './signature.js'
import { resolved } from './symbols.js'

export type Kind = 'class' | 'function' | 'constant' | 'interface' | 'type'

export interface Documented {
  readonly name: string
  readonly signature: string
  /** Null when there is none: `undocumented` names those that need one. */
  readonly doc: string | null
  /** Path relative to the root, and line. */
  readonly file: string
  readonly line: number
}

export interface PublicMember extends Documented {
  /** A tag of a union, such as `type: 'move'`: it says all there is to say. */
  readonly tag: boolean
}

export interface PublicName extends Documented {
  readonly kind: Kind
  readonly members: readonly PublicMember[]
}

export interface PublicEntry extends Entry {
  readonly names: readonly PublicName[]
  /** Types that these names are written with and that no entry exports. */
  readonly helpers: readonly PublicName[]
}

function docOf(node: ts.Node): string | null {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node
  const last = (ts.getJSDocCommentsAndTags(holder) as readonly ts.Node[]).filter(ts.isJSDoc).at(-1)
  if (last === undefined) return null
  const tags = (last.tags ?? []).map((tag) => {
    const said = ts.getTextOfJSDocComment(tag.comment) ?? ''
    return tag.tagName.text === 'throws' ? `Throws ${said}` : `@${tag.tagName.text} ${said}`
  })
  const text = [ts.getTextOfJSDocComment(last.comment) ?? '', ...tags].filter((part) => part !== '').join('\n\n')
  return text.trim() === '' ? null : text.trim()
}

class Reader {
  readonly #root: string
  readonly #checker: ts.TypeChecker
  /** All that some entry makes public: what is inherited from it is told there. */
  readonly #known: ReadonlySet<ts.Symbol>

  constructor(root: string, checker: ts.TypeChecker, known: ReadonlySet<ts.Symbol>) {
    this.#root = root
    this.#checker = checker
    this.#known = known
  }

  /** A name may be a type and a value at once. */
  names(name: string, symbol: ts.Symbol): readonly PublicName[] {
    const declarations = symbol.declarations ?? []
    const overloads = declarations.filter((node) => ts.isFunctionDeclaration(node) && node.body === undefined)
    const signature = (node: ts.Declaration): string => signatureOf(this.#checker, node)
    if (overloads[0] !== undefined) {
      const all = overloads.map(signature).join('\n')
      return [{ ...this.#documented(name, overloads[0], all), kind: 'function', members: [] }]
    }
    return declarations.map((node) => ({
      ...this.#documented(name, node, signature(node)),
      kind: kindOf(node),
      members: ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? this.#members(node) : [],
    }))
  }

  #documented(name: string, node: ts.Node, signature: string): Documented {
    const source = node.getSourceFile()
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    const file = relative(this.#root, source.fileName).replaceAll('\\', '/')
    return { name, signature, doc: docOf(node), file, line: line + 1 }
  }

  #members(node: ts.ClassDeclaration | ts.InterfaceDeclaration): readonly PublicMember[] {
    return [...this.#inherited(node), ...node.members].filter(isPublic).map((member) => ({
      ...this.#documented(memberName(member), member, memberSignature(this.#checker, member)),
      tag: ts.isPropertySignature(member) && member.type !== undefined && ts.isLiteralTypeNode(member.type),
    }))
  }

  /** Members of bases that no entry exports: readers would find them nowhere else. */
  #inherited(node: ts.ClassDeclaration | ts.InterfaceDeclaration): readonly (ts.ClassElement | ts.TypeElement)[] {
    const bases = (node.heritageClauses ?? []).flatMap((clause) =>
      clause.token === ts.SyntaxKind.ExtendsKeyword ? clause.types : [],
    )
    return bases.flatMap((base) => {
      const symbol = this.#checker.getTypeAtLocation(base).symbol
      if (symbol === undefined || this.#known.has(symbol)) return []
      const declarations = (symbol.declarations ?? []).filter(
        (found) => ts.isInterfaceDeclaration(found) || ts.isClassDeclaration(found),
      )
      return declarations
        .filter((found) => !found.getSourceFile().fileName.includes('/node_modules/'))
        .flatMap((found) => [...this.#inherited(found), ...found.members])
    })
  }
}

function kindOf(node: ts.Declaration): Kind {
  if (ts.isClassDeclaration(node)) return 'class'
  if (ts.isFunctionDeclaration(node)) return 'function'
  if (ts.isInterfaceDeclaration(node)) return 'interface'
  return ts.isTypeAliasDeclaration(node) ? 'type' : 'constant'
}

/** Not `#hidden`, not `private`, not under a symbol of our own; well-known symbols are public. */
function isPublic(member: ts.ClassElement | ts.TypeElement): boolean {
  const flags = ts.getCombinedModifierFlags(member)
  if ((flags & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0) return false
  if (member.name === undefined) return !ts.isClassStaticBlockDeclaration(member)
  if (ts.isComputedPropertyName(member.name)) return /^\[Symbol\./.test(member.name.getText())
  return !ts.isPrivateIdentifier(member.name)
}

function memberName(member: ts.ClassElement | ts.TypeElement): string {
  if (ts.isConstructorDeclaration(member)) return 'constructor'
  return member.name?.getText() ?? '()'
}

function byName(a: PublicName, b: PublicName): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

function compile(root: string, sources: readonly string[]): ts.Program {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown
  }
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  return ts.createProgram(
    sources.map((source) => join(root, source)),
    options,
  )
}

/** Reads every entry; names are sorted, members stand as in the source. */
export function readEntries(root: string, entries: readonly Entry[]): readonly PublicEntry[] {
  const program = compile(
    root,
    entries.map(({ source }) => source),
  )
  const checker = program.getTypeChecker()
  const exported = entries.map((entry) => {
    const file = program.getSourceFile(join(root, entry.source))
    const symbol = file === undefined ? undefined : checker.getSymbolAtLocation(file)
    if (symbol === undefined) throw new Error(`${entry.source} exports nothing`)
    const symbols = checker.getExportsOfModule(symbol).map((one) => [one.name, resolved(checker, one)] as const)
    return { entry, symbols }
  })
  const known = new Set(exported.flatMap(({ symbols }) => symbols.map(([, symbol]) => symbol)))
  const reader = new Reader(root, checker, known)
  return exported.map(({ entry, symbols }) => ({
    ...entry,
    names: symbols.flatMap(([name, symbol]) => reader.names(name, symbol)).sort(byName),
    helpers: helpersOf(
      checker,
      symbols.map(([, symbol]) => symbol),
      known,
    )
      .flatMap((symbol) => reader.names(symbol.name, symbol))
      .sort(byName),
  }))
}

/** One line for each public name or member that lacks its docstring, each line once. */
export function undocumented(entries: readonly PublicEntry[]): readonly string[] {
  const missing = entries.flatMap(({ names, helpers }) =>
    [...names, ...helpers].flatMap((owner) => [
      ...(owner.doc === null ? [{ title: owner.name, at: owner }] : []),
      ...owner.members
        .filter((member) => member.doc === null && !member.tag)
        .map((member) => ({ title: `${owner.name}.${member.name}`, at: member })),
    ]),
  )
  return [...new Set(missing.map(({ title, at }) => `add a docstring to ${title} in ${at.file}:${at.line}`))].sort()
}
