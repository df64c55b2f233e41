/**
 * One device of the memory proof: an engine over the built package, which syncs when its parent says so.
 * Arguments: url of the server, folder, name of the device, password.
 */

import { SyncEngine } from 'tidemark'
import { accountClient, httpTransport, nodeFolder } from 'tidemark/node'

const [url = '', folder = '', device = '', password = ''] = process.argv.slice(2)
const { token } = await accountClient({ url }).register({ name: 'ann', password, device })
const transport = httpTransport({ url, workspace: 'large', token })
const engine = new SyncEngine({ ...nodeFolder(folder), transport, deviceName: device })

process.on('message', (message) => {
  if (message !== 'sync') return
  engine.sync().then(
    ({ uploaded, downloaded, bytesUp, bytesDown, requests, problems }) =>
      console.log(JSON.stringify({ uploaded, downloaded, bytesUp, bytesDown, requests, problems })),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.channel?.ref()
console.log('ready')
