/** The engine of a linked folder, as any app would make it. */

import { type Log, SyncEngine, TidemarkError, type Transport } from 'tidemark'
import { httpTransport, nodeFolder } from 'tidemark/node'
import { engineSettings } from './folder-settings.js'
import type { Home } from './home.js'
import { type Link, readLink } from './linked-folder.js'

export interface FolderEngine {
  readonly engine: SyncEngine
  readonly link: Link
  readonly transport: Transport
}

/** @throws not-found when the folder is not linked, unauthorized when nobody is logged in at its server */
export function folderEngine(folder: string, home: Home): FolderEngine {
  return engineOf(readLink(folder), home)
}

/** @throws invalid-option when the settings are not what an engine takes, unauthorized */
export function engineOf(link: Link, home: Home): FolderEngine {
  const { device } = home.login(link.server)
  const transport = httpTransport({
    url: link.server,
    workspace: link.workspace,
    // Asked for at each request, so that a new login is taken up without a restart.
    token: () => home.login(link.server).token,
  })
  const parts = { ...nodeFolder(link.folder), ...engineSettings(link.settings) }
  const engine = new SyncEngine({ ...parts, transport, deviceName: device, log: debugLog })
  return { engine, link, transport }
}

const debugLog: Log = (build) => {
  if (process.env['TIDEMARK_DEBUG'] === '1') process.stderr.write(`${JSON.stringify(build())}\n`)
}

/** An error that says which server, where only the address helps. */
export function atServer(error: unknown, link: Link): unknown {
  if (!(error instanceof TidemarkError) || error.code !== 'offline') return error
  return new TidemarkError('offline', `${error.message} at ${link.server}`, {
    subject: link.server,
    next: 'Start the server, or check the address. Work goes on meanwhile; nothing is lost.',
    cause: error,
  })
}
