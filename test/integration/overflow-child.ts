/**
 * A live engine in a process of its own, which a test can stop as a whole, so that nobody reads the kernel's queue of events. Tells
 * each hint of its watcher, each full scan and each state as a line of JSON. Arguments: root, url, token, backend.
 */

import { httpTransport, nodeFolder } from '../../adapters/node/index.js'
import { nodeWatcher } from '../../adapters/node/watcher.js'
import { SyncEngine, type Watcher } from '../../src/index.js'

/** What is told, one line each. */
export interface OverflowLine {
  readonly paths?: readonly string[]
  /** The watcher said by itself that something was lost. */
  readonly unknown?: string
  readonly deepScan?: readonly string[]
  readonly state?: string
}

const [root = '', url = '', token = '', backend = ''] = process.argv.slice(2)
const SCAN_EVERY_MS = 5_000

function tell(line: OverflowLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

function telling(inner: Watcher): Watcher {
  return {
    start: (events, options) =>
      inner.start(
        {
          onPaths: (paths) => {
            tell({ paths: [...new Set(paths)] })
            events.onPaths(paths)
          },
          onUnknown: (reason) => {
            tell({ unknown: reason })
            events.onUnknown(reason)
          },
        },
        options,
      ),
    stop: () => inner.stop(),
  }
}

const parts = nodeFolder(root, { workers: 0 })
const scan = parts.local.scan.bind(parts.local)
parts.local.scan = (paths, how) => {
  if (how.deep) tell({ deepScan: paths })
  return scan(paths, how)
}
const engine = new SyncEngine({
  ...parts,
  watcher: telling(nodeWatcher(root, { backend: backend === 'parcel' ? 'parcel' : 'fs' })),
  transport: httpTransport({ url, workspace: 'notes', token }),
  deviceName: 'stopped',
  scanEveryMs: SCAN_EVERY_MS,
})
engine.on('status', ({ state }) => tell({ state }))
process.stdin.resume().once('end', () => process.exit())
await engine.start()
