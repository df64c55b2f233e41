/** One server for all tests of a file: each of them has an account of its own. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Running, start } from './cli-world.js'

export const shared: { server: Running | null; url: string; directory: string; undo: (() => unknown)[] } = {
  server: null,
  url: '',
  directory: '',
  undo: [],
}

export async function startShared(): Promise<void> {
  shared.directory = mkdtempSync(join(tmpdir(), 'tidemark-cli-server-'))
  shared.server = start({ teardown: (undo: () => unknown) => void shared.undo.push(undo) }, [
    ...['serve', '--port', '0', '--json', '--data', join(shared.directory, 'data')],
  ])
  const { event, url } = JSON.parse(await shared.server.says('\n')) as { event: string; url: string }
  if (event !== 'ready') throw new Error(`the server said ${event}`)
  shared.url = url
}

export async function stopShared(): Promise<void> {
  for (const undo of shared.undo) await undo()
  rmSync(shared.directory, { recursive: true, force: true, maxRetries: 5 })
}
