/**
 * Around the snippets of the command line: a server is there, this device is logged in, and the folder `Notes` is linked to
 * the workspace `notes` and in step with it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startServer } from '@tidemark/express-server'

const server = await startServer({ directory: 'server-data', port: 0 })

export const { port } = server
export const environment = {
  TIDEMARK_HOME: resolve('device-home'),
  TIDEMARK_SERVER: server.url,
  TIDEMARK_PASSWORD: 'seven brown otters swim',
}

mkdirSync('Notes')
writeFileSync(join('Notes', 'list.txt'), 'buy milk\n')
await tidemark('register', 'ann', '--device', 'laptop')
await tidemark('link', 'Notes', 'notes')
await tidemark('sync', 'Notes')

export async function finish(): Promise<void> {
  await server.close()
}

async function tidemark(...args: readonly string[]): Promise<void> {
  const command = join('node_modules', '.bin', 'tidemark')
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`tidemark ${args.join(' ')} ended with ${code ?? 'a signal'}`)
}
