/** A22: README's walk of the command line goes as it stands there, in a directory and on a port of its own. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { stepsOf } from '../../scripts/walkthrough/steps.js'
import { hasPseudoTerminals } from '../../scripts/walkthrough/terminal.js'
import { Walk } from '../../scripts/walkthrough/walk.js'

const ROOT = resolve(import.meta.dirname, '../..')
const SERVE = 'npx tidemark serve'

/** A free port below those that systems hand out by themselves: it stays free while the server of the walk is stopped. */
async function quietPort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) {
    const isFree = await new Promise<boolean>((found) => {
      const probe = createServer().once('error', () => found(false))
      probe.listen(port, '127.0.0.1', () => probe.close(() => found(true)))
    })
    if (isFree) return port
  }
}

test('A22 README.md: the walk goes as it stands there', async (t) => {
  t.timeout(115_000)
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-walk-'))
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  const port = await quietPort()
  const env = { TIDEMARK_SERVER: `http://127.0.0.1:${port}/sync` }
  const walk = new Walk({ pseudo: hasPseudoTerminals(), directory, env })
  t.teardown(async () => {
    await walk.end()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })
  const steps = stepsOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))
  t.is(steps.filter(({ lines }) => lines.some((line) => line.startsWith(SERVE))).length, 2)
  for (const step of steps) {
    const lines = step.lines.map((line) => (line.startsWith(SERVE) ? `${line} --port ${port}` : line))
    await t.notThrowsAsync(walk.take({ ...step, lines }), walk.said.join('\n'))
  }
})
