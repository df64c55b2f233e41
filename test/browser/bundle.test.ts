/** D5: what an app bundles for a page is the core and the adapters of the browser, and nothing of a server or of Node. */

import test from 'ava'
import { bundleForPage, type PageBundle } from './page-bundle.js'

/** Rooms that no page needs. */
const NEVER = [
  'src/server/',
  'src/accounts/',
  ...['express', 'memory', 'node', 'simulation', 'sqlite'].map((room) => `adapters/${room}/`),
]

const never = ({ files }: PageBundle): readonly string[] =>
  files.filter((file) => NEVER.some((room) => file.startsWith(room)))

test('D5 a page with tidemark and tidemark/browser holds no file of a server, of Node or of a test', async (t) => {
  const bundle = await bundleForPage('adapters/browser/index.ts', 'src/index.ts')
  t.true(bundle.files.includes('src/sync-engine.ts') && bundle.files.includes('adapters/browser/index.ts'))
  t.deepEqual(never(bundle), [])
  t.deepEqual(
    bundle.files.filter((file) => !/^(src|adapters|node_modules)\//.test(file)),
    [],
  )
})

test('D5 nothing in it asks for a module of Node', async (t) => {
  t.deepEqual((await bundleForPage('adapters/browser/index.ts', 'src/index.ts')).ofNode, [])
})

test('D5 both would be told of a bundle that is not for pages', async (t) => {
  const bundle = await bundleForPage('adapters/node/zlib-compressor.ts', 'src/server/index.ts')
  t.true(bundle.ofNode.includes('adapters/node/zlib-compressor.ts → node:zlib'), bundle.ofNode.join())
  t.true(never(bundle).includes('adapters/node/zlib-compressor.ts'))
  t.true(never(bundle).includes('src/server/index.ts'))
})
