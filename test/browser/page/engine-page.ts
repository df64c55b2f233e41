/** An app with a folder in this browser. Runs as `globalThis.app`: what goes in and comes out is plain data. */

import {
  browserFolder,
  httpTransport,
  shareEngine,
  type SharedEngine,
  tellChanged,
  unlinkFolder,
} from '../../../adapters/browser/index.js'
import { handleDisk } from '../../../adapters/browser/handle-disk.js'
import type { DirectoryHandle } from '../../../adapters/browser/handles.js'
import { type Hydration, SyncEngine, toHex } from '../../../src/index.js'

export interface AppSettings {
  readonly folder: string
  readonly url: string
  readonly workspace: string
  readonly token: string
  /** Default: with its worker. */
  readonly worker?: boolean
  /** Default: all. */
  readonly hydrate?: Hydration
}

let engine: SyncEngine | null = null
let shared: SharedEngine | null = null
const told: string[] = []

function made({ folder, url, workspace, token, worker = true, hydrate = 'all' }: AppSettings): SyncEngine {
  const transport = httpTransport({ url, workspace, token, hints: { backoffMs: 50 } })
  const made = worker ? () => new Worker('/browser-worker.js', { type: 'module' }) : null
  const parts = browserFolder(folder, { worker: made })
  const fresh = new SyncEngine({ ...parts, transport, deviceName: 'B', retryEveryMs: 1_000, hydrate })
  for (const event of ['problem', 'guard', 'conflict', 'reset', 'error'] as const)
    fresh.on(event, (value: unknown) => told.push(`${event}: ${text(value)}`))
  return fresh
}

function text(value: unknown): string {
  return value instanceof Error ? String(value) : JSON.stringify(value)
}

function running(): SyncEngine {
  const found = engine ?? shared?.engine ?? null
  if (found === null) throw new Error('no engine runs in this tab')
  return found
}

async function start(settings: AppSettings): Promise<void> {
  engine = made(settings)
  await engine.start()
}

async function share(settings: AppSettings): Promise<void> {
  shared = shareEngine(settings.folder, () => made(settings))
}

/** Resolves when the role of this tab is this one. */
async function role(wanted: SharedEngine['role']): Promise<void> {
  const tabs = shared
  if (tabs === null) throw new Error('this tab shares no engine')
  await until(
    () => tabs.role === wanted,
    (look) => tabs.on('role', look),
  )
}

/** Resolves when the status, of whichever tab's engine, is this one. */
async function state(wanted: string): Promise<void> {
  const [tabs, alone] = [shared, engine]
  await until(
    () => (tabs ?? alone)?.status?.state === wanted,
    (look) => tabs?.on('status', look) ?? running().on('status', look),
  )
}

/** Resolves when a problem of this path stands in the status. */
async function problem(path: string): Promise<void> {
  const here = running()
  await until(
    () => here.status.problems.some((one) => one.path === path),
    (look) => here.on('status', look),
  )
}

async function until(isSo: () => boolean, listen: (look: () => void) => () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (!isSo()) return
      stop()
      resolve()
    }
    const stop = listen(look)
    look()
  })
}

async function directoryOf(folder: string, path: string): Promise<[FileSystemDirectoryHandle, string]> {
  const origin = await navigator.storage.getDirectory()
  let directory = await origin.getDirectoryHandle(folder, { create: true })
  const parts = path.split('/')
  const name = parts.pop() ?? ''
  for (const part of parts) directory = await directory.getDirectoryHandle(part, { create: true })
  return [directory, name]
}

/** As an app saves: through a stream that takes the place of the file when it is closed. */
async function write(folder: string, path: string, content: string): Promise<void> {
  const [directory, name] = await directoryOf(folder, path)
  const handle = await directory.getFileHandle(name, { create: true })
  const stream = await handle.createWritable()
  await stream.write(content)
  await stream.close()
  tellChanged(folder, [path])
}

async function remove(folder: string, path: string): Promise<void> {
  const [directory, name] = await directoryOf(folder, path)
  await directory.removeEntry(name, { recursive: true })
  tellChanged(folder, [path])
}

/** Null where there is none. */
async function read(folder: string, path: string): Promise<string | null> {
  try {
    const [directory, name] = await directoryOf(folder, path)
    return await (await (await directory.getFileHandle(name)).getFile()).text()
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null
    throw error
  }
}

/** Paths and contents of all files, by path. */
async function tree(folder: string): Promise<Readonly<Record<string, string>>> {
  const origin = await navigator.storage.getDirectory()
  const found: Record<string, string> = {}
  const walk = async (directory: FileSystemDirectoryHandle, at: string): Promise<void> => {
    for await (const [name, handle] of directory.entries()) {
      if (at === '' && name === '.tidemark') continue
      if (handle instanceof FileSystemDirectoryHandle) {
        found[`${at}${name}/`] = ''
        await walk(handle, `${at}${name}/`)
      }
      if (handle instanceof FileSystemFileHandle) found[at + name] = await (await handle.getFile()).text()
    }
  }
  await walk(await origin.getDirectoryHandle(folder, { create: true }), '')
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A move of a file is one step of the browser; a directory's is one step after another. */
async function rename(folder: string, from: string, to: string): Promise<void> {
  const origin = await navigator.storage.getDirectory()
  await directoryOf(folder, to)
  const directory = (await origin.getDirectoryHandle(folder)) as unknown as DirectoryHandle
  await handleDisk(directory, '/root', '.tidemark').rename(`/root/${from}`, `/root/${to}`)
  tellChanged(folder, [from, to])
}

const PIECE = 1024 * 1024

/** How many entries of the tree, as the engine lists it, there are of each: 'file there placeholder'. */
function listing(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  const walk = (path: string): void => {
    for (const { kind, isHere, state, path: at } of running().list(path)) {
      const which = `${kind} ${isHere ? 'here' : 'there'} ${state}`
      counts[which] = (counts[which] ?? 0) + 1
      if (kind === 'directory') walk(at)
    }
  }
  walk('')
  return counts
}

/** Bytes that no compression makes smaller, the same for a seed. */
async function writeNoise(folder: string, path: string, size: number, seed: number): Promise<void> {
  const [directory, name] = await directoryOf(folder, path)
  const stream = await (await directory.getFileHandle(name, { create: true })).createWritable()
  let state = seed
  for (let left = size; left > 0; left -= PIECE) {
    const bytes = new Uint8Array(Math.min(left, PIECE))
    for (let at = 0; at < bytes.length; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      bytes[at] = state >>> 24
    }
    await stream.write(bytes)
  }
  await stream.close()
  tellChanged(folder, [path])
}

/** As an app that saves the whole of a large file, a piece at a time. */
async function insertAtHead(folder: string, path: string, text: string): Promise<void> {
  const [directory, name] = await directoryOf(folder, path)
  const handle = await directory.getFileHandle(name)
  const old = await handle.getFile()
  const stream = await handle.createWritable()
  await stream.write(text)
  for (let at = 0; at < old.size; at += PIECE) await stream.write(old.slice(at, at + PIECE))
  await stream.close()
  tellChanged(folder, [path])
}

/** Milliseconds of each task of the page that took 50 or more, since it was loaded. */
const longTasks: number[] = []
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longTasks.push(Math.round(duration))
}).observe({ type: 'longtask', buffered: true })

/** -1 where there is none. */
async function sizeOf(folder: string, path: string): Promise<number> {
  try {
    const [directory, name] = await directoryOf(folder, path)
    return (await (await directory.getFileHandle(name)).getFile()).size
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return -1
    throw error
  }
}

async function forget(): Promise<void> {
  for (const { name } of await indexedDB.databases()) if (name !== undefined) await deleted(name)
}

function deleted(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name)
    request.addEventListener('success', () => resolve())
    request.addEventListener('error', () => reject(new Error(`${name} could not be deleted`)))
  })
}

/** As a browser that needs room, or a person who clears one kind of data. */
async function evict(folder: string): Promise<void> {
  const origin = await navigator.storage.getDirectory()
  await origin.removeEntry(folder, { recursive: true })
}

Object.assign(globalThis, {
  app: {
    start,
    share,
    role,
    state,
    problem,
    write,
    remove,
    rename,
    read,
    tree,
    evict,
    forget,
    unlink: (folder: string) => unlinkFolder(folder),
    writeNoise,
    insertAtHead,
    longTasks: () => longTasks.splice(0),
    sizeOf,
    used: async () => (await navigator.storage.estimate()).usage ?? 0,
    guards: () => (shared ?? running()).status?.guards ?? [],
    problems: () => (shared ?? running()).status?.problems ?? [],
    confirm: (id: string) => running().confirm(id),
    decline: (id: string) => running().decline(id),
    stop: async () => engine?.stop(),
    leave: async () => shared?.close(),
    runsHere: () => (engine ?? shared?.engine ?? null) !== null,
    sync: async () => {
      await running().sync()
    },
    whenSynced: () => running().whenSynced(),
    status: () => (shared ?? running()).status,
    listing,
    /** In hex. */
    readFile: async (path: string) => toHex(await running().readFile(path)),
    release: (path: string) => running().release(path),
    why: (path: string) => running().why(path),
    told: () => told.splice(0),
  },
})
