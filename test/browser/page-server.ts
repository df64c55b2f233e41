/**
 * Serves one page on loopback, which counts as a secure context: OPFS, Web Locks and IndexedDB work there. The policy is
 * the one an embedding page may have: no code from text, WebAssembly allowed.
 */

import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename } from 'node:path'
import { bundleForPage } from './page-bundle.js'

export interface PageServer {
  readonly url: string
  close(): void
}

export interface ServedPage {
  /**
   * Relative to the root of the repository. The page runs the first; the others are for workers: '…/x.ts' is at '/x.js'.
   * Nothing of them may reach for Node.
   */
  readonly modules: readonly string[]
  /** Answers what else is asked for on the same origin. */
  readonly beside?: http.RequestListener
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self' http://127.0.0.1:*",
].join('; ')

const pageOf = (script: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tidemark under test</title>
<script type="module" src="${script}"></script>
</html>
`

const unknown: http.RequestListener = (_request, response) => {
  response.writeHead(404).end()
}

export async function servePage({ modules, beside = unknown }: ServedPage): Promise<PageServer> {
  const { scripts, ofNode } = await bundleForPage(...modules)
  if (ofNode.length > 0) throw new Error(`A page has no modules of Node:\n${ofNode.join('\n')}`)
  const paths = modules.map((path) => `/${basename(path, '.ts')}.js`)
  const served = new Map(paths.map((path, at) => [path, { type: 'text/javascript; charset=utf-8', body: scripts[at] }]))
  served.set('/', { type: 'text/html; charset=utf-8', body: pageOf(paths[0]!) })
  const server = http.createServer((request, response) => {
    const found = served.get(request.url ?? '')
    if (found === undefined) {
      beside(request, response)
      return
    }
    response.writeHead(200, {
      'content-type': found.type,
      'content-security-policy': POLICY,
      'cache-control': 'no-store',
    })
    response.end(found.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
