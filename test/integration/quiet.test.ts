/** A12: a process that used the library ends by itself and said nothing; making any of its parts touches nothing. */

import fs from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import test from 'ava'
import { syncRouter } from '../../adapters/express/index.js'
import * as memory from '../../adapters/memory/index.js'
import * as node from '../../adapters/node/index.js'
import * as sqlite from '../../adapters/sqlite/index.js'
import { run } from '../../scripts/testing/process.js'
import { accounts } from '../../src/accounts/index.js'
import {
  boundaryTable,
  Chunker,
  chunkSizes,
  defaultContentRule,
  portableHasher,
  SyncEngine,
  TidemarkError,
} from '../../src/index.js'
import { remoteStore, SyncServer } from '../../src/server/index.js'
import { httpWorld, PASSWORD } from './http-world.js'

const ROOT = resolve(import.meta.dirname, '../..')

test('A12 a child that syncs, fails and stops ends by itself, and neither stdout nor stderr holds a byte', async (t) => {
  t.timeout(240_000)
  const directory = mkdtempSync(join(tmpdir(), 'tidemark-quiet-'))
  const world = await httpWorld()
  t.teardown(async () => {
    await world.close()
    rmSync(directory, { recursive: true, force: true })
  })
  const account = node.accountClient({ url: world.url })
  const { token } = await account.register({ name: 'ann', password: PASSWORD, device: 'child' })
  await account.close()
  const child = resolve(import.meta.dirname, 'quiet-child.ts')
  const { exitCode, stdout, stderr } = await run(
    process.execPath,
    ['--import=tsx', '--no-warnings=ExperimentalWarning', child, directory, world.url, token],
    { cwd: ROOT, timeLimitMs: 200_000 },
  )
  t.is(stdout, '')
  t.is(stderr, '')
  t.is(exitCode, 0, 'it ended, and not by force')
})

/** Every public constructor and factory that does not promise to do I/O by being called. */
const { clock, random } = { clock: node.systemClock(), random: node.systemRandom() }
const stores = () => ({ metadata: memory.memoryMetadataStore(), chunks: memory.memoryChunkStore() })
const transport = () => node.httpTransport({ url: 'http://127.0.0.1:9/sync', workspace: 'notes', token: 'none' })
const server = () =>
  new SyncServer({
    remote: remoteStore({ ...stores(), hasher: portableHasher(), clock, random }),
    authenticate: async () => null,
  })
const MADE: Readonly<Record<string, () => unknown>> = {
  SyncEngine: () => new SyncEngine({ ...node.nodeFolder('/nowhere/at/all'), transport: transport() }),
  Chunker: () =>
    new Chunker(chunkSizes(defaultContentRule('0'.repeat(32), null), 1_000), boundaryTable('0'.repeat(32))),
  portableHasher,
  TidemarkError: () => new TidemarkError('io', 'text'),
  nodeFolder: () => node.nodeFolder('/nowhere/at/all'),
  nodeDisk: node.nodeDisk,
  nodeWatcher: () => node.nodeWatcher('/nowhere/at/all'),
  sqliteStateStore: () => node.sqliteStateStore({ path: '/nowhere/at/all.sqlite' }),
  httpTransport: transport,
  accountClient: () => node.accountClient({ url: 'http://127.0.0.1:9/sync' }),
  argon2Passwords: () => node.argon2Passwords(),
  zlibCompressor: node.zlibCompressor,
  limitBandwidth: () => node.limitBandwidth(transport(), { up: 1, clock }),
  systemClock: node.systemClock,
  systemRandom: node.systemRandom,
  memoryFolder: () => memory.memoryFolder(),
  memoryServer: () => memory.memoryServer({ clock, random }),
  memoryWatcher: memory.memoryWatcher,
  memoryStateStore: () => memory.memoryStateStore(),
  memoryAccountStore: memory.memoryAccountStore,
  memoryMetadataStore: memory.memoryMetadataStore,
  memoryChunkStore: memory.memoryChunkStore,
  loopbackTransport: () => memory.loopbackTransport(server(), { workspace: 'notes', user: 'ann' }),
  SyncServer: server,
  embeddedStores: () => sqlite.embeddedStores({ directory: '/nowhere/at/all', clock, random } as never),
  sqliteMetadataStore: () => sqlite.sqliteMetadataStore({ path: '/nowhere/at/all.sqlite' }),
  sqliteAccountStore: () => sqlite.sqliteAccountStore({ path: '/nowhere/at/all.sqlite' }),
  packChunkStore: () => sqlite.packChunkStore({ directory: '/nowhere/at/all', random } as never),
  accounts: () => accounts({ store: memory.memoryAccountStore(), passwords: node.argon2Passwords(), clock, random }),
  syncRouter: () => syncRouter(server()),
}

/** Replaces every function of a module of Node by one that notes its name. */
function noting(module: Record<string, unknown>, noted: string[]): () => void {
  const before = { ...module }
  for (const [name, value] of Object.entries(before)) {
    if (typeof value !== 'function' || /^[A-Z_]/.test(name)) continue
    module[name] = function (this: unknown, ...args: unknown[]): unknown {
      noted.push(name)
      return Reflect.apply(value, this, args) as unknown
    }
  }
  syncBuiltinESMExports()
  return () => {
    for (const [name, value] of Object.entries(before)) if (module[name] !== value) module[name] = value
    syncBuiltinESMExports()
  }
}

test.serial('A12 no constructor and no factory does I/O: no call of fs, net or http', (t) => {
  // Made once before: an optional package is loaded at its first use.
  for (const make of Object.values(MADE)) make()
  const noted: string[] = []
  const require = createRequire(import.meta.url)
  const modules = [fs, fs.promises, net, http, require('node:child_process'), require('node:dns')] as unknown[]
  const undo = modules.map((module) => noting(module as Record<string, unknown>, noted))
  try {
    for (const [name, make] of Object.entries(MADE)) {
      make()
      t.deepEqual(noted.splice(0), [], name)
    }
    fs.existsSync('/')
    t.deepEqual(noted, ['existsSync'], 'the notes are taken')
  } finally {
    for (const back of undo.reverse()) back()
  }
})
