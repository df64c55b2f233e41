/**
 * Runs one checked chain in a process and an empty directory of its own. `127.0.0.1:4570`, where documents have their
 * server, becomes the server of the prelude (its `port`); it never reaches a port that somebody else may hold.
 */
import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Ended, run } from '../testing/process.js'
import type { Chain } from './chains.js'

const TIME_LIMIT_MS = 90_000
export const DOCUMENTED = '127.0.0.1:4570'

/** Loads the prelude, then what is to be run, and does not wait for what goes on living. */
function bootstrap(prelude: string | null, inner: string): string {
  return `
${prelude === null ? 'const prelude = {}' : `const prelude = await import('../preludes/${prelude}.js')`}
const address = prelude.port === undefined ? '${DOCUMENTED}' : '127.0.0.1:' + prelude.port
${inner}
process.exit(0)
`
}

const MODULE = (file: string): string => `
import { readFileSync, writeFileSync } from 'node:fs'
const [from, to] = ['${file}', '${file.replace(/\.js$/, '.run.js')}'].map((name) => new URL('../' + name, import.meta.url))
writeFileSync(to, readFileSync(from, 'utf8').replaceAll('${DOCUMENTED}', address))
await import(to.href)`

const SHELL = (file: string): string => `
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
writeFileSync('${file}', readFileSync('${file}', 'utf8').replaceAll('${DOCUMENTED}', address))
const env = { ...process.env, ...(prelude.environment ?? {}) }
const shell = spawn('sh', ['-e', '${file}'], { env, stdio: ['ignore', 'inherit', 'inherit'] })
const [code] = await once(shell, 'close')
if (code !== 0) process.exit(code ?? 1)
if (prelude.finish !== undefined) await prelude.finish({})`

/** `file`: what \`Workshop.add\` gave, for ts and js. */
export async function runSnippet(chain: Chain, workshop: string, file: string | null): Promise<Ended> {
  const directory = mkdtempSync(join(workshop, 'run-'))
  symlinkSync(join(workshop, 'node_modules'), join(directory, 'node_modules'))
  if (file === null)
    writeFileSync(join(directory, 'snippet.sh'), `${chain.blocks.map(({ text }) => text).join('\n')}\n`)
  const main = join(directory, 'main.mjs')
  writeFileSync(main, bootstrap(chain.prelude, file === null ? SHELL('snippet.sh') : MODULE(file)))
  mkdirSync(join(directory, 'home'))
  const env = { HOME: join(directory, 'home'), NODE_OPTIONS: '', XDG_CONFIG_HOME: '' }
  return run(process.execPath, [main], { cwd: directory, env, timeLimitMs: TIME_LIMIT_MS })
}
