/** A whole server in memory: both stores, the server database, the server, and tokens for whoever is added. */

import {
  portableHasher,
  toHex,
  type ChunkStore,
  type Clock,
  type Hasher,
  type Log,
  type MetadataStore,
  type Random,
} from '../../src/index.js'
import {
  remoteStore,
  SyncServer,
  type Principal,
  type RemoteStore,
  type RemoteStoreOptions,
  type SyncServerOptions,
} from '../../src/server/index.js'
import { memoryChunkStore } from '../shared/memory-chunk-store.js'
import { memoryMetadataStore } from '../shared/memory-metadata-store.js'

/** What a server in memory is given. */
export interface MemoryServerOptions
  extends Pick<RemoteStoreOptions, 'admit' | 'newRule' | 'maintenance' | 'onMaintained' | 'quota' | 'streaming'>,
    Pick<SyncServerOptions, 'compressor' | 'observer'> {
  /** Wall time of revisions and devices. */
  readonly clock: Clock
  /** Draws ids and tokens. */
  readonly random: Random
  /** The portable one by default. */
  readonly hasher?: Hasher | undefined
  /** Hears messages for operators. Default: nobody does. */
  readonly log?: Log | undefined
  /** Stores of an earlier server that was closed: it goes on with what they hold. */
  readonly metadata?: MetadataStore | undefined
  /** Goes with `metadata`, whose rows name its chunks. */
  readonly chunks?: ChunkStore | undefined
}

/** A server in this process, and its parts. */
export interface MemoryServer {
  /** Answers frames: hand it to `loopbackTransport`. */
  readonly server: SyncServer
  /** The server database. */
  readonly remote: RemoteStore
  /** Pass it to the next server to go on with it. */
  readonly metadata: MetadataStore
  /** Pass it to the next server to go on with it. */
  readonly chunks: ChunkStore
  /** A token for `server.authenticate`. The loopback transport needs none. */
  addUser(user: string, device?: string): string
}

/** Not open yet: `await server.open()`. */
export function memoryServer(options: MemoryServerOptions): MemoryServer {
  // off unless asked for: a virtual clock would find it asleep for ever
  const { clock, random, log, compressor, observer, maintenance = null } = options
  const { admit, newRule, quota, onMaintained, streaming } = options
  const metadata = options.metadata ?? memoryMetadataStore()
  const chunks = options.chunks ?? memoryChunkStore()
  const remote = remoteStore({
    metadata,
    chunks,
    hasher: options.hasher ?? portableHasher(),
    clock,
    random,
    log,
    admit,
    newRule,
    maintenance,
    quota,
    onMaintained,
    streaming,
  })
  const tokens = new Map<string, Principal>()
  const authenticate = async (token: string): Promise<Principal | null> => tokens.get(token) ?? null
  const server = new SyncServer({ remote, authenticate, compressor, log, observer })
  return {
    server,
    remote,
    metadata,
    chunks,
    addUser(user, device) {
      const token = toHex(random.bytes(32))
      tokens.set(token, { user, device: device ?? null })
      return token
    },
  }
}
