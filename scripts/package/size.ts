/**
 * What an app pays for the core on its way to a browser: bundled, minified and compressed by gzip. Over the ceiling is a
 * fault, and the fault says which rooms weigh. See docs/decisions/0050.
 */
import { posix } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

interface Budget {
  readonly title: string
  /** What an app would write. */
  readonly source: string
  /** Bytes after gzip. It is lowered when the core gets lighter, and raised with a reason in docs/decisions only. */
  readonly ceiling: number
}

export const BUDGETS: readonly Budget[] = [
  {
    title: 'tidemark, of which an app uses SyncEngine',
    source: "export { SyncEngine } from './src/index.js'",
    ceiling: 82_630,
  },
  {
    title: 'tidemark and tidemark/browser, of which a page uses one engine for all tabs, over a folder and HTTP',
    source:
      "export { SyncEngine } from './src/index.js'; export { browserFolder, httpTransport, shareEngine } from './adapters/browser/index.js'",
    ceiling: 103_630,
  },
  { title: 'tidemark, all of it', source: "export * from './src/index.js'", ceiling: 89_040 },
]

export interface Weight {
  readonly title: string
  readonly ceiling: number
  /** Minified, before and after gzip. */
  readonly bytes: number
  readonly compressed: number
  /** Minified bytes by room or package, heaviest first. */
  readonly rooms: readonly (readonly [room: string, bytes: number])[]
}

function roomOf(input: string): string {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? []
  return name ?? input.split(posix.sep).slice(0, 2).join('/')
}

/** The entry and what it imports without asking: what it loads later is not on the way to the first picture. */
function loadedAtOnce({ outputs }: Metafile): ReadonlySet<string> {
  const loaded = new Set(
    Object.keys(outputs).filter(
      (path) => outputs[path]!.entryPoint !== undefined && posix.basename(path) === 'stdin.js',
    ),
  )
  for (const path of loaded) {
    for (const { path: imported, kind } of outputs[path]!.imports) if (kind === 'import-statement') loaded.add(imported)
  }
  return loaded
}

export async function weigh(root: string, { title, source, ceiling }: Budget): Promise<Weight> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    outdir: 'never-written',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
  })
  const loaded = loadedAtOnce(metafile)
  const contents = outputFiles.filter(({ path }) => loaded.has(posix.relative(root, path))).map((file) => file.contents)
  const rooms = new Map<string, number>()
  for (const output of loaded) {
    for (const [input, { bytesInOutput }] of Object.entries(metafile.outputs[output]!.inputs)) {
      rooms.set(roomOf(input), (rooms.get(roomOf(input)) ?? 0) + bytesInOutput)
    }
  }
  return {
    title,
    ceiling,
    bytes: contents.reduce((sum, { length }) => sum + length, 0),
    compressed: contents.reduce((sum, bytes) => sum + gzipSync(bytes, { level: 9 }).length, 0),
    rooms: [...rooms].sort(([, a], [, b]) => b - a),
  }
}

export async function sizeFaults(root: string, budgets: readonly Budget[] = BUDGETS): Promise<readonly string[]> {
  const weights = await Promise.all(budgets.map((budget) => weigh(root, budget)))
  return weights
    .filter(({ compressed, ceiling }) => compressed > ceiling)
    .map(({ title, compressed, ceiling, rooms }) => {
      const heaviest = rooms
        .filter(([, bytes]) => bytes > 0)
        .slice(0, 8)
        .map(([room, bytes]) => `${room} ${bytes}`)
      return (
        `${title}: ${compressed} bytes after gzip, ${compressed - ceiling} above the ceiling of ${ceiling}. ` +
        `Make it lighter, or raise the ceiling in scripts/package/size.ts with a page in docs/decisions. ` +
        `What weighs, minified: ${heaviest.join(', ')}.`
      )
    })
}
