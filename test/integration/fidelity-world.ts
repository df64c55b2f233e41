/**
 * Two devices and a server as people run them: `nodeFolder` of the built package, whose threads start quickly, over real
 * directories (or a folder in memory), HTTP, SQLite and pack files. The server's own book tells which revisions every node had.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { Volume } from 'memfs'
import { memoryFolder } from '../../adapters/memory/index.js'
import { nodeFolder as builtFolder } from 'tidemark/node'
import { accountClient, httpTransport, type nodeFolder, type NodeFolderOptions } from '../../adapters/node/index.js'
import { embeddedStores } from '../../adapters/sqlite/index.js'
import {
  type KeptRevision,
  type LocalStore,
  type NodeId,
  type Revision,
  SyncEngine,
  type SyncEngineOptions,
} from '../../src/index.js'
import { directorySource, type TreeSource, volumeSource } from '../tree-source.js'
import { httpWorld, PASSWORD } from './http-world.js'
import { type Exchange, overheard } from './real-device.js'
import { type Hands, memoryHands, realHands } from './user-hands.js'

export interface SyncedPlace {
  readonly name: string
  /** Absolute, on its own disk. */
  readonly root: string
  readonly hands: Hands
  readonly source: TreeSource
  readonly engine: SyncEngine
  /** Conflicts the engine told of. */
  readonly conflicts: { readonly path: string; readonly copy: string }[]
  /** Full scans, by what was asked for. */
  readonly deepScans: (readonly string[])[]
  /** Errors it told of. */
  readonly errors: unknown[]
}

export interface FidelityWorld {
  readonly exchanges: Exchange[]
  /** Of this machine; what lies in it is removed at the end. */
  readonly directory: string
  real(name: string, options?: NodeFolderOptions, engine?: Partial<SyncEngineOptions>): Promise<SyncedPlace>
  inMemory(name: string): Promise<SyncedPlace>
  /** Every node of the server that lives, by its path. */
  live(): Promise<ReadonlyMap<string, Revision>>
  /** All revisions of a node, newest first. */
  history(id: NodeId): Promise<readonly KeptRevision[]>
}

export async function fidelityWorld(t: ExecutionContext): Promise<FidelityWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-fidelity-'))
  const stores = embeddedStores({ directory: join(directory, 'server') })
  const exchanges: Exchange[] = []
  const http = await httpWorld({
    stores,
    wrap: (server) => overheard(server, exchanges),
  })
  const account = accountClient({ url: http.url })
  const { user } = await account.register({ name: 'ann', password: PASSWORD, device: 'first' })
  t.teardown(async () => {
    await account.close()
    await http.close()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  })
  const place = async (
    name: string,
    parts: Pick<SyncEngineOptions, 'local' | 'state' | 'hasher' | 'clock' | 'random' | 'watcher' | 'compressor'>,
    at: Pick<SyncedPlace, 'root' | 'hands' | 'source'>,
    options: Partial<SyncEngineOptions>,
  ): Promise<SyncedPlace> => {
    const { token } = await account.login({ name: 'ann', password: PASSWORD, device: name })
    const transport = httpTransport({ url: http.url, workspace: 'notes', token })
    const deepScans = notingDeepScans(parts.local)
    const engine = new SyncEngine({ ...parts, transport, deviceName: name, ...options })
    t.teardown(async () => {
      await engine.stop()
      await transport.close()
    })
    return { name, ...at, engine, deepScans, ...listening(engine) }
  }
  const workspace = async () => {
    const id = await stores.metadata.find(user, 'notes')
    if (id === null) throw new Error('nothing was synced yet')
    return id
  }
  return {
    exchanges,
    directory,
    real: (name, options = {}, engine = {}) => {
      const root = join(directory, name)
      mkdirSync(root)
      // The same types, as the package declares them.
      const folder = builtFolder(root, options) as unknown as ReturnType<typeof nodeFolder>
      const { local, state, hasher, clock, random, watcher, compressor } = folder
      const parts = { local, state, hasher, clock, random, watcher, compressor }
      return place(name, parts, { root, hands: realHands(root), source: directorySource(root) }, engine)
    },
    inMemory: (name) => {
      const volume = new Volume()
      const { local, state, hasher, clock, random, watcher, root } = memoryFolder({ volume })
      const parts = { local, state, hasher, clock, random, watcher }
      return place(name, parts, { root, hands: memoryHands(volume, root), source: volumeSource(volume, root) }, {})
    },
    live: async () =>
      stores.metadata.read(await workspace(), async (reader) => byPath(await reader.live(null, 100_000))),
    history: async (id) => stores.metadata.read(await workspace(), (reader) => reader.history(id, 10_000)),
  }
}

function listening(engine: SyncEngine): Pick<SyncedPlace, 'conflicts' | 'errors'> {
  const conflicts: SyncedPlace['conflicts'] = []
  const errors: unknown[] = []
  engine.on('conflict', (conflict) => conflicts.push(conflict))
  engine.on('error', (error) => errors.push(error))
  return { conflicts, errors }
}

function notingDeepScans(local: LocalStore): (readonly string[])[] {
  const noted: (readonly string[])[] = []
  const scan = local.scan.bind(local)
  local.scan = (paths, how) => {
    if (how.deep) noted.push(paths)
    return scan(paths, how)
  }
  return noted
}

function byPath(live: readonly Revision[]): ReadonlyMap<string, Revision> {
  const known = new Map(live.map((revision) => [revision.id, revision]))
  const pathOf = (revision: Revision): string => {
    const { parentId = '', name = '' } = revision.node ?? {}
    const parent = known.get(parentId as NodeId)
    return parent === undefined ? name : `${pathOf(parent)}/${name}`
  }
  return new Map(live.map((revision) => [pathOf(revision), revision]))
}
