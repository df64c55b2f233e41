/** The app of engine-page with a service worker. Runs as `globalThis.background`: what goes in and comes out is plain data. */

import { type Asked, TURNS, type Turn } from './background-names.js'
import type { AppSettings } from './engine-page.js'

// By a call: package.json says that a module which nobody takes a name from may be left out.
await import('./engine-page.js')

interface SyncManager {
  register(tag: string): Promise<void>
}

async function registered(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register('/background-service-worker.js', { type: 'module' })
  return navigator.serviceWorker.ready
}

async function ask(asked: Asked): Promise<unknown> {
  const { active } = await registered()
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      port1.close()
      resolve(data)
    })
    port1.start()
    active?.postMessage(asked, [port2])
  })
}

/** The browser itself wakes the service worker, as soon as there is a network. */
async function wake(settings: AppSettings): Promise<Turn> {
  const { sync } = (await registered()) as ServiceWorkerRegistration & { readonly sync: SyncManager }
  const channel = new BroadcastChannel(TURNS)
  const turn = new Promise<Turn>((resolve) => {
    channel.addEventListener('message', ({ data }: MessageEvent<Turn>) => resolve(data))
  })
  await sync.register(JSON.stringify(settings))
  return turn.finally(() => channel.close())
}

Object.assign(globalThis, {
  background: {
    names: () => ask({ kind: 'names' }),
    sync: (settings: AppSettings) => ask({ kind: 'sync', settings }),
    wake,
  },
})
