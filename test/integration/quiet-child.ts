/**
 * A process of its own that syncs, fails, pauses and stops, and then has nothing more to do: it must end by itself, and
 * whatever it writes was written by the library. How it went is in its exit code.
 */

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { httpTransport, nodeFolder } from '../../adapters/node/index.js'
import { isTidemarkError, SyncEngine } from '../../src/index.js'

const [directory = '', url = '', token = ''] = process.argv.slice(2)

async function syncs(): Promise<void> {
  const root = join(directory, 'synced')
  mkdirSync(root, { recursive: true })
  writeFileSync(join(root, 'file'), 'content')
  const transport = httpTransport({ url, workspace: 'notes', token })
  const engine = new SyncEngine({ ...nodeFolder(root), transport })
  engine.on('status', () => {
    throw new Error('a listener that fails')
  })
  await engine.start()
  await engine.whenSynced()
  if (engine.statusOf('file').state !== 'synced') throw new Error('it is not synced')
  await engine.pause()
  await engine.resume()
  await engine.stop()
  await transport.close()
}

async function fails(): Promise<void> {
  const root = join(directory, 'failing')
  mkdirSync(root, { recursive: true })
  for (const [server, secret, code] of [
    ['http://127.0.0.1:9/sync', token, 'offline'],
    [url, 'no such token', 'unauthorized'],
  ] as const) {
    const transport = httpTransport({ url: server, workspace: 'notes', token: secret })
    await using engine = new SyncEngine({ ...nodeFolder(root), transport })
    const error: unknown = await engine.sync().catch((reason: unknown) => reason)
    if (!isTidemarkError(error) || error.code !== code) throw new Error(`not ${code}`)
    await transport.close()
  }
}

process.exitCode = 1
await syncs()
await fails()
process.exitCode = 0
