/**
 * A device that comes back: one sync of a linked folder, made of public parts, over a disk that counts which files are
 * opened. Says one JSON document.
 */

import { sep } from 'node:path'
import { SyncEngine } from 'tidemark'
import { type Disk, httpTransport, nodeDisk, nodeFolder } from 'tidemark/node'
import { Home } from '../home.js'
import { readLink } from '../linked-folder.js'

const [folder = ''] = process.argv.slice(2)
const { folder: root, server, workspace } = readLink(folder)
const { token, device } = new Home(process.env).login(server)
const opened: string[] = []
let looked = 0

/** The engine's own files in `.tidemark/` are no user's files. */
function isUsers(path: string): boolean {
  return path !== root && !path.startsWith(`${root}${sep}.tidemark`)
}

function counting(disk: Disk): Disk {
  return {
    ...disk,
    open: (path, how, mode) => {
      if (isUsers(path)) opened.push(path)
      return disk.open(path, how, mode)
    },
    lstat: (path) => {
      if (isUsers(path)) looked += 1
      return disk.lstat(path)
    },
  }
}

const transport = httpTransport({ url: server, workspace, token })
const engine = new SyncEngine({ ...nodeFolder(root, { disk: counting(nodeDisk()) }), transport, deviceName: device })
try {
  const { uploaded, downloaded, requests, problems } = await engine.sync()
  process.stdout.write(`${JSON.stringify({ uploaded, downloaded, requests, problems, opened, looked })}\n`)
} finally {
  await engine.stop()
  await transport.close()
}
