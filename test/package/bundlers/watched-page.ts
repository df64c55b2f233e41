/**
 * A page of the app in a real Chromium, and what runs in it: its workers, and where WebAssembly is compiled. That is asked of
 * the browser's debugger, which knows every module that is held; no script is changed or wrapped for it.
 */

import { type CDPSession, chromium, type Page } from 'playwright-core'

export interface WatchedBrowser {
  /** In a profile of its own, loaded. */
  open(url: string): Promise<WatchedPage>
  /** With all its pages. */
  close(): Promise<void>
}

export interface WatchedPage {
  /** Calls a function of the app. What goes in and comes out is plain data. */
  call<T>(method: string, ...given: readonly unknown[]): Promise<T>
  /** Where the scripts of its running workers came from. */
  workers(): readonly string[]
  /** Resolves when none runs (any more). */
  withoutWorkers(): Promise<void>
  /** How many modules of WebAssembly are held by each. */
  webAssembly(): Promise<Held>
  /** Errors that nobody caught, and those told on the console. */
  faults(): readonly string[]
  close(): Promise<void>
}

export interface Held {
  readonly inPage: number
  readonly inWorkers: number
}

/** The browser's own word on an answer it did not like. */
const NETWORK_WORD = 'Failed to load resource:'

type App = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>

export async function startWatched(executablePath: string): Promise<WatchedBrowser> {
  // Root, whom machines of tests often run by, gets no sandbox from Chromium. It meets our own pages only.
  const browser = await chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] })
  return {
    open: async (url) => watched(await (await browser.newContext()).newPage(), url),
    close: () => browser.close(),
  }
}

async function watched(page: Page, url: string): Promise<WatchedPage> {
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith(NETWORK_WORD)) faults.push(message.text())
  })
  await page.goto(url)
  await page.waitForFunction(() => 'app' in globalThis)
  return {
    call: async <T>(method: string, ...given: readonly unknown[]) => {
      const called: unknown = await page.evaluate(
        ([name, values]) => (globalThis as unknown as { readonly app: App }).app[name]!(...values),
        [method, given] as const,
      )
      return called as T
    },
    workers: () => page.workers().map((worker) => worker.url()),
    withoutWorkers: async () => {
      for (const worker of page.workers()) await new Promise<void>((resolve) => whenClosed(page, worker, resolve))
    },
    webAssembly: async () => {
      const session = await page.context().newCDPSession(page)
      const held = await heldBy(session, page.workers().length)
      await session.detach()
      return held
    },
    faults: () => faults,
    close: () => page.context().close(),
  }
}

type Running = ReturnType<Page['workers']>[number]

function whenClosed(page: Page, worker: Running, then: () => void): void {
  if (page.workers().includes(worker)) worker.once('close', then)
  else then()
}

/** Of what a thread says, the part that is read here. */
interface Said {
  readonly id?: number
  readonly method?: string
  readonly params?: { readonly scriptLanguage?: string }
}

const isModule = ({ method, params }: Said): boolean =>
  method === 'Debugger.scriptParsed' && params?.scriptLanguage === 'WebAssembly'

/** A debugger that is switched on names every script that is there, and answers after that. */
const SWITCH_ON = JSON.stringify({ id: 1, method: 'Debugger.enable' })

async function heldBy(session: CDPSession, workers: number): Promise<Held> {
  let [inPage, inWorkers] = [0, 0]
  session.on('Debugger.scriptParsed', (params) => {
    if (isModule({ method: 'Debugger.scriptParsed', params })) inPage += 1
  })
  await session.send('Debugger.enable')
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    void session.send('Target.sendMessageToTarget', { sessionId, message: SWITCH_ON })
  })
  const answered = new Promise<void>((resolve) => {
    let left = workers
    if (left === 0) resolve()
    session.on('Target.receivedMessageFromTarget', ({ message }) => {
      const said = JSON.parse(message) as Said
      if (isModule(said)) inWorkers += 1
      if (said.id === 1 && --left === 0) resolve()
    })
  })
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false })
  await answered
  return { inPage, inWorkers }
}
