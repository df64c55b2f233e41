/**
 * `npm run prove:browser`: D2 in a real Chromium, with its storage on a disk. 1 KiB at the head of a large file in OPFS: bytes
 * up, memory of the page's process over its idle, longest task of the page's thread. Sizes in MiB: `--size 200`.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium, type Page } from 'playwright-core'
import { accountClient } from '../adapters/node/index.js'
import { findChromium } from '../test/browser/find-chromium.js'
import { servePage } from '../test/browser/page-server.js'
import { httpWorld, PASSWORD } from '../test/integration/http-world.js'
import { ByteRelay } from './bench/byte-relay.js'

const MEBIBYTE = 1024 * 1024
const SAMPLE_MS = 20

const { values } = parseArgs({ options: { size: { type: 'string', default: '200' } } })
const size = Number(values.size) * MEBIBYTE
const { path: executablePath, lack } = findChromium()
if (executablePath === null) throw new Error(`D2 ${lack}`)

const profile = mkdtempSync(join(tmpdir(), 'tidemark-chromium-'))
const served = await servePage({ modules: ['test/browser/page/engine-page.ts', 'adapters/browser/browser-worker.ts'] })
const world = await httpWorld({ origins: [new URL(served.url).origin] })
const relay = await ByteRelay.to(world.port)
const context = await chromium.launchPersistentContext(profile, { executablePath, args: ['--no-sandbox'] })
try {
  const account = accountClient({ url: world.url })
  const { token } = await account.register({ name: 'ann', password: PASSWORD, device: 'page' })
  const page = await context.newPage()
  await page.goto(served.url)
  await call(page, 'writeNoise', 'large', 'file', size, 7)
  const url = `http://127.0.0.1:${relay.port}/sync`
  await call(page, 'start', { folder: 'large', url, workspace: 'large', token })
  const whole = await memoryOver(page, () => call(page, 'whenSynced'))
  const first = await call<readonly number[]>(page, 'longTasks')
  const { up } = relay.bytes
  const edit = await memoryOver(page, async () => {
    await call(page, 'insertAtHead', 'large', 'file', 'x'.repeat(1024))
    await call(page, 'whenSynced')
  })
  const later = await call<readonly number[]>(page, 'longTasks')
  console.log(`file ${size} bytes`)
  console.log(`whole file: ${up} bytes up, ${mebibytes(whole)} MiB over idle, long tasks ${JSON.stringify(first)} ms`)
  console.log(
    `1 KiB at its head: ${relay.bytes.up - up} bytes up, ${mebibytes(edit)} MiB over idle, long tasks ${JSON.stringify(later)} ms`,
  )
} finally {
  await context.close()
  await relay.close()
  await world.close()
  served.close()
  rmSync(profile, { recursive: true, force: true })
}

async function call<T>(page: Page, method: string, ...given: readonly unknown[]): Promise<T> {
  const called: unknown = await page.evaluate(
    ([name, values]) => {
      const { app } = globalThis as unknown as { app: Record<string, (...args: readonly unknown[]) => unknown> }
      return app[name]!(...values)
    },
    [method, given] as const,
  )
  return called as T
}

/** Most bytes that the process of the page held while `run` ran, over what it held before. */
async function memoryOver(page: Page, run: () => Promise<unknown>): Promise<number> {
  const pid = await rendererOf(page)
  await collect(page)
  const idle = resident(pid)
  let most = idle
  const timer = setInterval(() => (most = Math.max(most, resident(pid))), SAMPLE_MS)
  await run()
  clearInterval(timer)
  return most - idle
}

async function collect(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('HeapProfiler.collectGarbage')
  await session.detach()
}

/** The largest renderer: the page under test is the only one that does anything. */
async function rendererOf(page: Page): Promise<number> {
  const browser = await page.context().browser()?.newBrowserCDPSession()
  const session = browser ?? (await page.context().newCDPSession(page))
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  const [largest] = renderers.sort((a, b) => resident(b) - resident(a))
  if (largest === undefined) throw new Error('no renderer was found')
  return largest
}

function resident(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) * 1024
}

function mebibytes(bytes: number): string {
  return (bytes / MEBIBYTE).toFixed(1)
}
