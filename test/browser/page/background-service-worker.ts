/**
 * The service worker of an app: syncs its folder once, in an event that the browser lets it end, as
 * docs/embedding-browser.md shows it. And it tells what a service worker has.
 */

import { browserFolder, httpTransport } from '../../../adapters/browser/index.js'
import { isTidemarkError, SyncEngine } from '../../../src/index.js'
import { type Asked, TURNS, type Turn } from './background-names.js'
import type { AppSettings } from './engine-page.js'

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void
}

interface ServiceWorkerScope {
  skipWaiting(): Promise<void>
  addEventListener(type: 'install', hear: (event: ExtendableEvent) => void): void
  addEventListener(type: 'sync', hear: (event: ExtendableEvent & { readonly tag: string }) => void): void
  addEventListener(type: 'message', hear: (event: ExtendableEvent & MessageEvent<Asked>) => void): void
}

const scope = globalThis as unknown as ServiceWorkerScope

async function syncOnce({ folder, url, workspace, token }: AppSettings): Promise<Turn> {
  const transport = httpTransport({ url, workspace, token })
  const engine = new SyncEngine({ ...browserFolder(folder, { worker: null }), transport, deviceName: 'B' })
  try {
    await engine.sync()
    return 'done'
  } catch (error) {
    return isTidemarkError(error) && error.code === 'locked' ? 'left to a tab' : { failed: String(error) }
  } finally {
    await transport.close()
  }
}

/** Which of these a service worker has. */
async function names(): Promise<Readonly<Record<string, boolean>>> {
  const has = (name: string): boolean => name in globalThis
  const handles = FileSystemFileHandle.prototype
  const module = '/background-service-worker.js'
  return {
    indexedDB: has('indexedDB'),
    BroadcastChannel: has('BroadcastChannel'),
    CompressionStream: has('CompressionStream'),
    WebAssembly: has('WebAssembly'),
    locks: 'locks' in navigator,
    getDirectory: 'getDirectory' in navigator.storage,
    createWritable: 'createWritable' in handles,
    createSyncAccessHandle: 'createSyncAccessHandle' in handles,
    Worker: has('Worker'),
    localStorage: has('localStorage'),
    FileSystemObserver: has('FileSystemObserver'),
    'import()': await import(module).then(
      () => true,
      () => false,
    ),
  }
}

scope.addEventListener('install', (event) => event.waitUntil(scope.skipWaiting()))

scope.addEventListener('message', (event) => {
  const { data, ports } = event
  const answer: Promise<unknown> = data.kind === 'names' ? names() : syncOnce(data.settings)
  event.waitUntil(answer.then((value) => ports[0]?.postMessage(value)))
})

// An app keeps its settings in a database. Here nothing is kept, and the tag says all of it.
scope.addEventListener('sync', (event) => {
  const tell = (turn: Turn): void => {
    const channel = new BroadcastChannel(TURNS)
    channel.postMessage(turn)
    channel.close()
  }
  event.waitUntil(syncOnce(JSON.parse(event.tag) as AppSettings).then(tell))
})
