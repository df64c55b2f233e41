/** A process that opens a root, says what came of it on its standard output, and closes it again. */

import { nodeFolder } from '../../adapters/node/index.js'
import { isTidemarkError } from '../../src/index.js'

const { local } = nodeFolder(String(process.argv[2]), { workers: 0 })
try {
  await local.open()
  process.stdout.write('opened')
} catch (error) {
  process.stdout.write(isTidemarkError(error) ? error.code : String(error))
} finally {
  await local.close()
}
