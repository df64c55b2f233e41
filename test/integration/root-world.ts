/** Real engines on real directories, over a real HTTP server: for what happens to a root. Nobody waits for a clock. */

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { accountClient, httpTransport, nodeFolder, sqliteStateStore } from '../../adapters/node/index.js'
import { decodeRequest, type Request, SyncEngine, type SyncEngineOptions } from '../../src/index.js'
import { type HttpWorld, httpWorld, PASSWORD } from './http-world.js'

export interface RootWorld {
  /** Of its own, empty at first. */
  readonly directory: string
  readonly http: HttpWorld
  /** Told of each request that the server gets. */
  onRequest: (request: Request) => void
  /** An engine over this directory, with a device of its own on the server. */
  engineOn(root: string, options?: EngineOptions): Promise<SyncEngine>
  /** What the server has, as a device sees it that joins now. */
  onServer(workspace?: string): Promise<Record<string, string>>
}

export interface EngineOptions extends Partial<SyncEngineOptions> {
  readonly workspace?: string
  /** Where the state lies, when not in the root. */
  readonly stateAt?: string
}

export async function rootWorld(t: ExecutionContext): Promise<RootWorld> {
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-root-'))
  const http = await httpWorld({
    wrap: (server) => {
      const handle = server.handle.bind(server)
      server.handle = (frame, principal, call) => {
        world.onRequest(decodeRequest(frame))
        return handle(frame, principal, call)
      }
      return server
    },
  })
  const account = accountClient({ url: http.url })
  let devices = 0
  t.teardown(async () => {
    await account.close()
    await http.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const engineOn = async (root: string, given: EngineOptions = {}): Promise<SyncEngine> => {
    const { workspace = 'notes', stateAt, ...options } = given
    const device = `device ${++devices}`
    const { token } = await account.register({ name: `user${t.title.length}`, password: PASSWORD, device })
    const transport = httpTransport({ url: http.url, workspace, token })
    const engine = new SyncEngine({
      ...nodeFolder(root, { workers: 0, watch: 'fs' }),
      ...(stateAt === undefined ? {} : { state: sqliteStateStore({ path: stateAt }) }),
      transport,
      deviceName: device,
      ...options,
    })
    t.teardown(async () => {
      await engine.stop()
      await transport.close()
    })
    return engine
  }
  const world: RootWorld = {
    directory,
    http,
    onRequest: () => undefined,
    engineOn,
    onServer: async (workspace = 'notes') => {
      const root = join(directory, `witness ${++devices}`)
      mkdirSync(root)
      await (await engineOn(root, { workspace })).sync()
      return treeAt(root)
    },
  }
  return world
}

/** Every path with its content; directories end in `/`. Without what is ours. */
export function treeAt(root: string, below = ''): Record<string, string> {
  const tree: Record<string, string> = {}
  for (const name of readdirSync(join(root, below)).sort()) {
    if (below === '' && name === '.tidemark') continue
    const path = below === '' ? name : `${below}/${name}`
    if (statSync(join(root, path)).isDirectory()) Object.assign(tree, { [`${path}/`]: '' }, treeAt(root, path))
    else tree[path] = readFileSync(join(root, path), 'utf8')
  }
  return tree
}
