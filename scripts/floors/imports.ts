/**
 * Every module that a source file names, found by the TypeScript parser: imports, type imports, re-exports,
 * `import()` as expression and as type, `import x = require()`, `require()`, `new URL(…, import.meta.url)`.
 */
import ts from 'typescript'

export interface Reference {
  /** Null when the module is computed at run time, so that no check can follow it. */
  readonly specifier: string | null
  readonly line: number
}

function text(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null
}

function isImportMetaUrl(node: ts.Node | undefined): boolean {
  return node !== undefined && ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression)
}

/** The module a node names; undefined when it names none, null when it is computed. */
function named(node: ts.Node): string | null | undefined {
  if (ts.isImportDeclaration(node)) return text(node.moduleSpecifier)
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier === undefined ? undefined : text(node.moduleSpecifier)
  if (ts.isExternalModuleReference(node)) return text(node.expression)
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? text(node.argument.literal) : null
  if (ts.isCallExpression(node)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
    return isImport || isRequire ? text(node.arguments[0]) : undefined
  }
  if (ts.isNewExpression(node) && isImportMetaUrl(node.arguments?.[1])) {
    const target = text(node.arguments?.[0])
    return target !== null && /\.[cm]?[jt]s$/.test(target) ? target : undefined
  }
  return undefined
}

export function referencesOf(file: string, source: string): readonly Reference[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.ES2022, true)
  const found: Reference[] = []
  const visit = (node: ts.Node): void => {
    const specifier = named(node)
    if (specifier !== undefined) {
      found.push({ specifier, line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}
