/** Opens a folder and ends without closing it. */

import { nodeFolder } from '../../adapters/node/node-folder.js'

const { local } = nodeFolder(process.argv[2] ?? '')
await local.open()
await local.list('')
process.disconnect()
