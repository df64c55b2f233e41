/**
 * A directory outside the repository in which snippets stand as modules of a consumer: the packages are those installed
 * here, `tidemark` is what is built. One type-check for all of them; what is run is what was checked, without its types.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import ts from 'typescript'
import type { Chain } from './chains.js'
import { exportedBy, type ModuleText, moduleOf } from './module-text.js'
import type { Fault } from './snippet.js'

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2022.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  noEmit: true,
}

export class Workshop {
  readonly directory: string
  readonly #preludes: ReadonlyMap<string, string>
  readonly #declarations: readonly string[]
  readonly #modules = new Map<string, { readonly chain: Chain; readonly module: ModuleText }>()

  /** `preludes`: the directory of preludes in the repository at `root`. */
  constructor(root: string, preludes: string) {
    this.directory = mkdtempSync(join(tmpdir(), 'tidemark-snippets-'))
    mkdirSync(join(this.directory, 'preludes'))
    symlinkSync(join(root, 'node_modules'), join(this.directory, 'node_modules'))
    writeFileSync(join(this.directory, 'package.json'), '{ "private": true, "type": "module" }')
    this.#preludes = new Map(
      preludeNames(preludes).map((name) => [name, readFileSync(join(preludes, `${name}.ts`), 'utf8')]),
    )
    for (const [name, text] of this.#preludes) this.#write(`preludes/${name}.ts`, text)
    for (const name of declarationNames(preludes))
      this.#write(`preludes/${name}`, readFileSync(join(preludes, name), 'utf8'))
    this.#declarations = declarationNames(preludes)
  }

  /** Puts a chain of ts or js into a file of its own; gives the name of its JavaScript. */
  add(chain: Chain): string {
    const module = moduleOf(chain, exportedBy(this.#preludes.get(chain.prelude ?? '') ?? ''))
    const name = `snippet-${this.#modules.size + 1}`
    this.#modules.set(`${name}.${chain.language}`, { chain, module })
    this.#write(`${name}.${chain.language}`, module.text)
    return `${name}.js`
  }

  /** What the compiler says of all that was added, at its place in the documents. */
  check(): readonly Fault[] {
    const files = [
      ...this.#modules.keys(),
      ...[...this.#preludes.keys()].map((name) => `preludes/${name}.ts`),
      ...this.#declarations.map((name) => `preludes/${name}`),
    ]
    const program = ts.createProgram(
      files.map((file) => join(this.directory, file)),
      OPTIONS,
    )
    return ts.getPreEmitDiagnostics(program).map((diagnostic) => this.#fault(diagnostic))
  }

  close(): void {
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
  }

  #fault({ file, start, messageText }: ts.Diagnostic): Fault {
    const what = ts.flattenDiagnosticMessageText(messageText, '\n')
    if (file === undefined || start === undefined) return { where: 'the compiler', what }
    const { line } = file.getLineAndCharacterOfPosition(start)
    const known = this.#modules.get(basename(file.fileName))
    if (known === undefined) return { where: `${basename(file.fileName)}:${line + 1}`, what }
    return { where: known.module.places[line] ?? `${known.chain.title}, around it`, what }
  }

  #write(file: string, text: string): void {
    writeFileSync(join(this.directory, file), text)
    if (!file.endsWith('.ts') || file.endsWith('.d.ts')) return
    const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 }
    const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: file })
    writeFileSync(join(this.directory, file.replace(/\.ts$/, '.js')), outputText)
  }
}

/** Names of the preludes in a directory. */
export function preludeNames(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => basename(file, '.ts'))
}

/** Names of packages that documents use and that are not installed here, declared. */
function declarationNames(directory: string): readonly string[] {
  return readdirSync(directory).filter((file) => file.endsWith('.d.ts'))
}
