/** Where a page of the app comes from, on loopback: the built files under a strict policy, or vite's own server. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Project } from '../packed.js'
import { programOf } from './builds.js'

export interface Site {
  readonly url: string
  /** Paths that were asked for so far; null where nobody counts. */
  readonly asked: readonly string[] | null
  close(): Promise<void>
}

export interface SiteOptions {
  /** Default: the hash may be WebAssembly. */
  readonly webAssembly?: boolean
  /** What comes in the place of the worker's script. Default: the script. */
  readonly inItsPlace?: 'nothing' | 'the page'
}

const policy = (webAssembly: boolean): string =>
  [
    "default-src 'none'",
    `script-src 'self'${webAssembly ? " 'wasm-unsafe-eval'" : ''}`,
    "worker-src 'self'",
    "connect-src 'self' http://127.0.0.1:*",
  ].join('; ')

const typeOf = (path: string): string =>
  path.endsWith('.js') ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8'

export async function servedFrom(directory: string, options: SiteOptions = {}): Promise<Site> {
  const { webAssembly = true, inItsPlace } = options
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((path) => `/${path}`)
  const asked: string[] = []
  const server = http.createServer(({ url = '/' }, response) => {
    asked.push(url)
    const isReplaced = inItsPlace !== undefined && /browser-worker/.test(url)
    const path = url === '/' || (isReplaced && inItsPlace === 'the page') ? '/index.html' : url
    if (!files.includes(path) || (isReplaced && inItsPlace === 'nothing')) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, {
      'content-type': typeOf(path),
      'content-security-policy': policy(webAssembly),
      'cache-control': 'no-store',
    })
    response.end(readFileSync(join(directory, path)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** `vite` as it is run while an app is written: nothing is built, packages are bundled ahead. */
export async function viteInDevelopment({ directory }: Project): Promise<Site> {
  const child = spawn(programOf('vite'), ['--host', '127.0.0.1', '--port', '0'], {
    cwd: directory,
    env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = once(child, 'close')
  const close = async (): Promise<void> => {
    child.kill()
    await ended
  }
  try {
    return { url: await addressToldBy(child), asked: null, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Goes on reading what it says: a program whose words nobody takes stops. */
function addressToldBy(child: ChildProcessByStdio<null, Readable, Readable>): Promise<string> {
  return new Promise((resolve, reject) => {
    let told = ''
    const hear = (text: string): void => {
      told += text
      const [url] = /http:\/\/127\.0\.0\.1:\d+\//.exec(told) ?? []
      if (url !== undefined) resolve(url)
    }
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear)
    child.once('error', reject)
    child.once('close', () => reject(new Error(`vite did not come up: ${told}`)))
  })
}
