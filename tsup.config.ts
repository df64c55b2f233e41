/**
 * The one build: every public entry and every worker flat in `dist/`, shared code split out.
 * Never two configurations: they would ship two copies of each class.
 */
import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { defineConfig } from 'tsup'

const publicEntries: Readonly<Record<string, string>> = {
  index: 'src/index.ts',
  accounts: 'src/accounts/index.ts',
  browser: 'adapters/browser/index.ts',
  conformance: 'test/conformance/index.ts',
  server: 'src/server/index.ts',
  express: 'adapters/express/index.ts',
  memory: 'adapters/memory/index.ts',
  node: 'adapters/node/index.ts',
  simulation: 'adapters/simulation/index.ts',
  sqlite: 'adapters/sqlite/index.ts',
}

/** A worker is loaded by its file name next to the entry that starts it, so it needs a file of its own. */
function workerEntries(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {}
  const files = readdirSync(directory).filter((name) => name.endsWith('-worker.ts'))
  return Object.fromEntries(files.map((name) => [basename(name, '.ts'), `${directory}/${name}`]))
}

const present = Object.fromEntries(Object.entries(publicEntries).filter(([, file]) => existsSync(file)))

export default defineConfig({
  entry: { ...present, ...workerEntries('adapters/node'), ...workerEntries('adapters/browser') },
  dts: { entry: present },
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  splitting: true,
  removeNodeProtocol: false,
  clean: true,
})
