/**
 * A chain of ts or js blocks as one module: what it takes from its prelude is imported, and `finish` of the prelude, where
 * there is one, is called at the end with everything the blocks declare. Keeps account of which line came from where.
 */
import ts from 'typescript'
import type { Chain } from './chains.js'

export interface ModuleText {
  readonly text: string
  /** For each line of the text: its place in a document; null for lines of ours. */
  readonly places: readonly (string | null)[]
}

/** Names that a module declares at its top. */
function declared(tree: ts.SourceFile): readonly { readonly name: string; readonly isValue: boolean }[] {
  const names: { name: string; isValue: boolean }[] = []
  const add = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.push({ name: name.text, isValue: true })
    else for (const element of name.elements) if (ts.isBindingElement(element)) add(element.name)
  }
  for (const statement of tree.statements) {
    if (ts.isVariableStatement(statement)) for (const { name } of statement.declarationList.declarations) add(name)
    else if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name !== undefined) add(statement.name)
    } else if (ts.isImportDeclaration(statement)) names.push(...imported(statement))
    else if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
      names.push({ name: statement.name.text, isValue: false })
    }
  }
  return names
}

function imported({ importClause }: ts.ImportDeclaration): readonly { name: string; isValue: boolean }[] {
  const bindings = importClause?.namedBindings
  const all = [
    ...(importClause?.name === undefined ? [] : [importClause.name]),
    ...(bindings === undefined
      ? []
      : ts.isNamespaceImport(bindings)
        ? [bindings.name]
        : bindings.elements.map((one) => one.name)),
  ]
  return all.map(({ text }) => ({ name: text, isValue: false }))
}

function used(tree: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) names.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return names
}

/** `offered`: the names that the prelude exports. */
export function moduleOf(chain: Chain, offered: readonly string[]): ModuleText {
  const body = chain.blocks.map(({ text }) => text).join('\n')
  const tree = ts.createSourceFile('snippet.ts', body, ts.ScriptTarget.ES2022, true)
  const own = declared(tree)
  const names = used(tree)
  const taken = offered.filter((name) => names.has(name) && !own.some((one) => one.name === name))
  const finishes = offered.includes('finish')
  const wanted = [...taken, ...(finishes ? ['finish as finish_'] : [])]
  const head = wanted.length === 0 ? [] : [`import { ${wanted.join(', ')} } from './preludes/${chain.prelude}.js'`]
  const values = own.filter(({ isValue }) => isValue).map(({ name }) => name)
  const tail = [...(finishes ? [`const scope_ = { ${values.join(', ')} }`, 'await finish_(scope_)'] : []), 'export {}']
  const lines = chain.blocks.flatMap(({ file, line, text }) =>
    text.split('\n').map((content, at) => ({ content, place: `${file}:${line + 1 + at}` })),
  )
  return {
    text: `${[...head, ...lines.map(({ content }) => content), ...tail].join('\n')}\n`,
    places: [...head.map(() => null), ...lines.map(({ place }) => place), ...tail.map(() => null)],
  }
}

/** Names that a module exports. */
export function exportedBy(source: string): readonly string[] {
  const tree = ts.createSourceFile('prelude.ts', source, ts.ScriptTarget.ES2022, true)
  const isExported = (node: ts.Node): boolean =>
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  const statements = tree.statements.filter(isExported)
  const inner = ts.factory.updateSourceFile(tree, statements)
  return declared(inner)
    .filter(({ isValue }) => isValue)
    .map(({ name }) => name)
}
