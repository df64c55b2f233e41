/** A third device of the same account, in memory: what it sees has reached the server. */

import { memoryFolder } from '../../../adapters/memory/index.js'
import { accountClient, httpTransport } from '../../../adapters/node/index.js'
import { isTidemarkError, SyncEngine } from '../../../src/index.js'
import { until } from './condition.js'
import type { Demo } from './demo-child.js'

export interface Witness {
  /** Resolves once the server has this text at the path. */
  sees(path: string, text: string): Promise<void>
  close(): Promise<void>
}

export async function witnessOf({ url, user, password }: Demo): Promise<Witness> {
  const sync = new URL('/sync', url).href
  const accounts = accountClient({ url: sync })
  const { token } = await accounts.login({ name: user, password, device: 'witness' })
  await accounts.close()
  const transport = httpTransport({ url: sync, workspace: 'notes', token, hints: { backoffMs: 50 } })
  const { local, state, watcher, hasher, clock, random } = memoryFolder()
  const parts = { local, state, watcher, hasher, clock, random }
  const engine = new SyncEngine({ ...parts, transport, deviceName: 'witness' })
  await engine.start()
  await engine.whenSynced()
  const textOf = async (path: string): Promise<string | null> => {
    try {
      return new TextDecoder().decode(await engine.readFile(path))
    } catch (error) {
      if (isTidemarkError(error)) return null
      throw error
    }
  }
  return {
    sees: (path, text) => until(`the server has '${text}' at ${path}`, async () => (await textOf(path)) === text),
    close: async () => {
      await engine.stop()
      await transport.close()
    },
  }
}
