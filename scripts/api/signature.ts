/**
 * How a declaration reads for its users: its source text without bodies, default values and modifiers of no concern to
 * them. What the source leaves to inference is filled in by the compiler.
 */
import ts from 'typescript'

const WIDTH = 100
const UNTOLD: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.ExportKeyword,
  ts.SyntaxKind.AsyncKeyword,
  ts.SyntaxKind.DeclareKeyword,
  ts.SyntaxKind.OverrideKeyword,
  ts.SyntaxKind.PublicKeyword,
])

/** The text of a node, moved left so that its last line stands at the margin. */
export function dedented(node: ts.Node): string {
  const source = node.getSourceFile()
  const { character } = source.getLineAndCharacterOfPosition(node.getStart(source))
  const line = source.text.slice(source.text.lastIndexOf('\n', node.getStart(source)) + 1)
  const margin = Math.min(character, /^ */.exec(line)?.[0].length ?? 0)
  return node.getText().replaceAll(`\n${' '.repeat(margin)}`, '\n')
}

function modifiers(node: ts.Node): string {
  const all = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
  return all
    .filter(({ kind }) => !UNTOLD.has(kind))
    .map((modifier) => `${modifier.getText()} `)
    .join('')
}

function typeParameters(node: {
  readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined
}): string {
  return node.typeParameters === undefined ? '' : `<${node.typeParameters.map(dedented).join(', ')}>`
}

function inferred(checker: ts.TypeChecker, node: ts.Node): string {
  return checker.typeToString(checker.getTypeAtLocation(node), node, ts.TypeFormatFlags.NoTruncation)
}

function boundName(name: ts.BindingName): string {
  if (ts.isIdentifier(name)) return name.text
  const names = name.elements.map((element) => (ts.isOmittedExpression(element) ? '' : boundName(element.name)))
  return ts.isObjectBindingPattern(name) ? `{ ${names.join(', ')} }` : `[${names.join(', ')}]`
}

function parameter(checker: ts.TypeChecker, node: ts.ParameterDeclaration): string {
  const type = node.type === undefined ? inferred(checker, node) : dedented(node.type)
  const optional = node.questionToken !== undefined || node.initializer !== undefined ? '?' : ''
  return `${node.dotDotDotToken === undefined ? '' : '...'}${boundName(node.name)}${optional}: ${type}`
}

function parameters(checker: ts.TypeChecker, node: ts.SignatureDeclaration, taken: number): string {
  const each = node.parameters.map((one) => parameter(checker, one))
  const line = `(${each.join(', ')})`
  if (taken + line.length <= WIDTH || each.length === 0) return line
  return `(\n${each.map((one) => `  ${one.replaceAll('\n', '\n  ')},\n`).join('')})`
}

function returned(checker: ts.TypeChecker, node: ts.SignatureDeclaration): string {
  if (node.type !== undefined) return dedented(node.type)
  const signature = checker.getSignatureFromDeclaration(node)
  if (signature === undefined) return 'unknown'
  return checker.typeToString(signature.getReturnType(), node, ts.TypeFormatFlags.NoTruncation)
}

function callable(checker: ts.TypeChecker, node: ts.SignatureDeclaration, head: string): string {
  const start = `${head}${typeParameters(node)}`
  const result = `: ${returned(checker, node)}`
  return `${start}${parameters(checker, node, start.length + result.split('\n')[0]!.length)}${result}`
}

function heritage(node: ts.ClassDeclaration | ts.InterfaceDeclaration): string {
  return (node.heritageClauses ?? []).map((clause) => ` ${dedented(clause)}`).join('')
}

function variable(checker: ts.TypeChecker, node: ts.VariableDeclaration): string {
  const head = `const ${node.name.getText()}`
  if (node.type !== undefined) return `${head}: ${dedented(node.type)}`
  const { initializer } = node
  const told = initializer !== undefined && (ts.isAsExpression(initializer) || ts.isLiteralExpression(initializer))
  return told ? `${head} = ${dedented(initializer)}` : `${head}: ${inferred(checker, node)}`
}

/** The signature of a declaration with a name of its own: function, class, interface, type, constant. */
export function signatureOf(checker: ts.TypeChecker, node: ts.Declaration): string {
  if (ts.isFunctionDeclaration(node)) return callable(checker, node, `function ${node.name?.text ?? ''}`)
  if (ts.isClassDeclaration(node)) {
    return `${modifiers(node)}class ${node.name?.text ?? ''}${typeParameters(node)}${heritage(node)}`
  }
  if (ts.isInterfaceDeclaration(node)) return `interface ${node.name.text}${typeParameters(node)}${heritage(node)}`
  if (ts.isTypeAliasDeclaration(node)) return dedented(node).replace(/^export /, '')
  if (ts.isVariableDeclaration(node)) return variable(checker, node)
  throw new Error(`${node.getSourceFile().fileName}: a public name of a kind that docs:api does not know`)
}

/** The signature of a member of a class or an interface. */
export function memberSignature(checker: ts.TypeChecker, node: ts.Declaration): string {
  if (ts.isConstructorDeclaration(node)) return `new${parameters(checker, node, 4)}`
  if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) {
    const optional = node.questionToken === undefined ? '' : '?'
    return callable(checker, node, `${modifiers(node)}${node.name.getText()}${optional}`)
  }
  if (ts.isGetAccessorDeclaration(node)) return `readonly ${node.name.getText()}: ${returned(checker, node)}`
  if (ts.isCallSignatureDeclaration(node)) return callable(checker, node, '')
  if (ts.isPropertyDeclaration(node) || ts.isPropertySignature(node)) {
    const optional = node.questionToken === undefined ? '' : '?'
    const type = node.type === undefined ? inferred(checker, node) : dedented(node.type)
    return `${modifiers(node)}${node.name.getText()}${optional}: ${type}`
  }
  return dedented(node)
}
