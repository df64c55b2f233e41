/** Symbols of the TypeScript compiler: what an import or an export finally stands for. */
import ts from 'typescript'

export function resolved(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)
}
