/**
 * An engine over a real directory and HTTP, composed of the parts that `nodeFolder` is made of, with a disk that notes
 * every file it opens; and a server that notes every frame. For counts, not for times.
 */

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import {
  accountClient,
  httpTransport,
  nodeDisk,
  sqliteStateStore,
  systemClock,
  systemRandom,
  wasmHasher,
  zlibCompressor,
} from '../../adapters/node/index.js'
import { diskDescriber } from '../../adapters/shared/disk-describe.js'
import type { Disk } from '../../adapters/shared/disk.js'
import { folderStore } from '../../adapters/shared/folder-store.js'
import {
  type Answer,
  decodeAnswer,
  decodeRequest,
  type Request,
  SyncEngine,
  type SyncEngineOptions,
} from '../../src/index.js'
import { openFrame } from '../../src/protocol/frame-encoding.js'
import type { SyncServer } from '../../src/server/index.js'
import { ByteRelay } from '../../scripts/bench/byte-relay.js'
import { type HttpWorld, httpWorld, PASSWORD } from './http-world.js'

/** What the server was asked, and what it said. */
export interface Exchange {
  readonly request: Request
  readonly answer: Answer
}

export interface RealWorld {
  readonly http: HttpWorld
  /** Since it was emptied last. */
  readonly exchanges: Exchange[]
  /** From now on the clocks of all devices are ahead by so much more, ms: stamps age without anybody waiting. */
  letAge(ms: number): void
  /** A new device of the one account, over a new, empty directory; the same `name` is the same directory. */
  device(name: string, options?: Pick<SyncEngineOptions, 'ignore' | 'scope' | 'watcher'>): Promise<RealDevice>
}

export interface RealDevice {
  readonly root: string
  readonly engine: SyncEngine
  /** Paths below the root of the user's files that were opened, since it was emptied last. */
  readonly opened: string[]
  /** Between it and the server. */
  readonly wire: ByteRelay
}

/** The same server; what is asked of it and answered is noted. */
export function overheard(server: SyncServer, exchanges: Exchange[]): SyncServer {
  const compressor = zlibCompressor()
  const handle = server.handle.bind(server)
  server.handle = async (frame, principal, call) => {
    const answered = await handle(frame, principal, call)
    const request = decodeRequest(await openFrame(frame, compressor))
    exchanges.push({ request, answer: decodeAnswer(await openFrame(answered, compressor), request) })
    return answered
  }
  return server
}

export async function realWorld(t: ExecutionContext): Promise<RealWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-real-'))
  const exchanges: Exchange[] = []
  const http = await httpWorld({
    compressor: zlibCompressor(),
    // As the example server.
    listening: { keepAliveTimeout: 65_000 },
    wrap: (server) => overheard(server, exchanges),
  })
  const real = systemClock()
  let ahead = 0
  const clock = { ...real, now: () => real.now() + ahead }
  const account = accountClient({ url: http.url })
  const hasher = await wasmHasher()
  t.teardown(async () => {
    await account.close()
    await http.close()
    rmSync(directory, { recursive: true, force: true })
  })
  return {
    http,
    exchanges,
    letAge: (ms) => {
      ahead += ms
    },
    device: async (name, options = {}) => {
      const root = join(directory, name)
      mkdirSync(root, { recursive: true })
      const { token } = await account.register({ name: 'ann', password: PASSWORD, device: name })
      const opened: string[] = []
      const [disk, random] = [notingDisk(nodeDisk(), root, opened), systemRandom()]
      const wire = await ByteRelay.to(http.port)
      const transport = httpTransport({ url: `http://127.0.0.1:${wire.port}/sync`, workspace: 'notes', token })
      const engine = new SyncEngine({
        local: folderStore({ disk, root, random, clock, describer: diskDescriber(disk, hasher) }),
        state: sqliteStateStore({ path: join(root, '.tidemark/state.sqlite') }),
        hasher,
        compressor: zlibCompressor(),
        clock,
        random,
        transport,
        deviceName: name,
        ...options,
      })
      t.teardown(async () => {
        await engine.stop()
        await transport.close()
        await wire.close()
      })
      return { root, engine, opened, wire }
    },
  }
}

function notingDisk(disk: Disk, root: string, opened: string[]): Disk {
  return {
    ...disk,
    open: (path, how, mode) => {
      const below = path.slice(root.length + 1)
      if (below.split('/')[0] !== '.tidemark') opened.push(below)
      return disk.open(path, how, mode)
    },
  }
}

/** Chunk bytes that crossed the wire, both ways. */
export function chunkBytes(exchanges: readonly Exchange[]): number {
  let bytes = 0
  for (const { request, answer } of exchanges) {
    const chunks = [
      ...(request.type === 'put' || request.type === 'commit' ? request.chunks : []),
      ...(answer.type === 'get-chunks' ? answer.chunks : []),
    ]
    for (const chunk of chunks) bytes += chunk.bytes.length
  }
  return bytes
}
