/**
 * Around the snippets that speak to a server: one is there, with an account, the device token of which is `token`. Where a
 * snippet has an `engine`, it has to come to rest, and is stopped. The folder `Notes` holds one file.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '@tidemark/express-server'
import { accountClient } from 'tidemark/node'
import type { SyncEngine } from 'tidemark'

const server = await startServer({ directory: 'server-data', port: 0 })
const client = accountClient({ url: server.url })
const account = { name: 'ann', password: 'seven brown otters swim', device: 'laptop' }

mkdirSync('Notes')
writeFileSync(join('Notes', 'list.txt'), 'buy milk\n')

/** Where the server is: documents call it 4570. */
export const { port } = server
export const { token } = await client.register(account)

export async function finish({ engine }: { readonly engine?: SyncEngine }): Promise<void> {
  if (engine !== undefined) {
    const report = await engine.sync()
    if (report.cursor === null || report.problems.length > 0) throw new Error(`no rest: ${JSON.stringify(report)}`)
    await engine.stop()
  }
  await client.close()
  await server.close()
}
