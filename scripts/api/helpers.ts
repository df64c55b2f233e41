/** The types that public names are written with and that no entry exports: readers have to see them too. */
import ts from 'typescript'
import { resolved } from './symbols.js'

/** Every type named below a declaration, bodies and default values left out. */
function typesIn(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = []
  const visit = (child: ts.Node): void => {
    if (ts.isBlock(child)) return
    if (ts.isClassElement(child) && child.name !== undefined && ts.isPrivateIdentifier(child.name)) return
    if (ts.isTypeReferenceNode(child)) found.push(child.typeName)
    if (ts.isExpressionWithTypeArguments(child)) found.push(child.expression)
    ts.forEachChild(child, visit)
  }
  visit(node)
  return found
}

function isOurs(declaration: ts.Declaration): boolean {
  const source = declaration.getSourceFile()
  if (source.fileName.includes('/node_modules/')) return false
  return ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)
}

/** Interfaces and types of this repository that these symbols need and that are not among `known`. */
export function helpersOf(
  checker: ts.TypeChecker,
  symbols: readonly ts.Symbol[],
  known: ReadonlySet<ts.Symbol>,
): readonly ts.Symbol[] {
  const helpers = new Set<ts.Symbol>()
  const follow = (symbol: ts.Symbol): void => {
    for (const name of (symbol.declarations ?? []).flatMap(typesIn)) {
      const named = checker.getSymbolAtLocation(name)
      const target = named === undefined ? undefined : resolved(checker, named)
      if (target === undefined || known.has(target) || helpers.has(target)) continue
      if (target.declarations?.some(isOurs) !== true) continue
      helpers.add(target)
      follow(target)
    }
  }
  symbols.forEach(follow)
  return [...helpers]
}
