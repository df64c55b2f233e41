/**
 * A real Chromium under test, headless. Each page stands in a profile of its own, which keeps nothing, and tells what
 * went wrong in it. Whoever starts one closes it.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

export interface StartedChromium {
  /** As it names itself: '150.0.7871.100'. */
  readonly version: string
  /** A page in a fresh profile, loaded. */
  open(url: string): Promise<OpenPage>
  /** A fresh profile, for several tabs. `disk`: in a browser of its own that keeps what it stores on a disk, as that of a person does. */
  profile(storage?: 'memory' | 'disk'): Promise<Profile>
  /** With all its pages. */
  close(): Promise<void>
}

/** Its tabs share storage, locks and channels, as those of one person do. */
export interface Profile {
  open(url: string): Promise<OpenPage>
  /** What an origin may store, bytes; null: as the browser has it. */
  setQuota(url: string, bytes: number | null): Promise<void>
  /** No tab of it reaches a network. */
  setOffline(isOffline: boolean): Promise<void>
  close(): Promise<void>
}

export interface OpenPage {
  /** Calls a function of an object that the page hangs on `globalThis`. What goes in and comes out is plain data. */
  call<T>(object: string, method: string, ...given: readonly unknown[]): Promise<T>
  /** As a person does: what runs in it is cut off. */
  reload(): Promise<void>
  /** What went wrong in the page since the last call: errors that nobody caught, and those told on the console. */
  faults(): readonly string[]
  /** Rejects with the next of these: what waits for an answer of the page may then wait for ever. */
  nextFault(): Promise<never>
  close(): Promise<void>
}

type Functions = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>

/** The browser's own word on an answer it did not like. Tests of broken networks get it in plenty. */
const NETWORK_WORD = 'Failed to load resource:'

export async function startChromium(executablePath: string): Promise<StartedChromium> {
  // Root, whom machines of tests often run by, gets no sandbox from Chromium. It meets our own pages only.
  const launch = { executablePath, headless: true, args: ['--no-sandbox'] }
  const browser = await chromium.launch(launch)
  const profile = async (storage: 'memory' | 'disk' = 'memory'): Promise<Profile> => {
    if (storage === 'memory') return profileOf(await browser.newContext())
    const directory = await mkdtemp(join(tmpdir(), 'tidemark-profile-'))
    const own = profileOf(await chromium.launchPersistentContext(directory, launch))
    const close = async (): Promise<void> => {
      await own.close()
      await rm(directory, { recursive: true, force: true })
    }
    return { ...own, close }
  }
  return {
    version: browser.version(),
    profile,
    open: async (url) => {
      const own = await profile()
      return { ...(await own.open(url)), close: () => own.close() }
    },
    close: () => browser.close(),
  }
}

function profileOf(context: BrowserContext): Profile {
  return {
    open: async (url) => openPage(await context.newPage(), url),
    setQuota: async (url, bytes) => {
      const page = context.pages()[0]
      if (page === undefined) throw new Error('no tab is open')
      const session = await context.newCDPSession(page)
      const quotaSize = bytes === null ? {} : { quotaSize: bytes }
      await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, ...quotaSize })
    },
    setOffline: (isOffline) => context.setOffline(isOffline),
    close: () => context.close(),
  }
}

async function openPage(page: Page, url: string): Promise<OpenPage> {
  let faults: string[] = []
  const waiting: ((fault: Error) => void)[] = []
  const fault = (what: string): void => {
    faults.push(what)
    for (const reject of waiting.splice(0)) reject(new Error(what))
  }
  page.on('pageerror', (error) => fault(error.stack ?? error.message))
  page.on('crash', () => fault('the page crashed'))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith(NETWORK_WORD)) fault(message.text())
  })
  await page.goto(url)
  return {
    call: async <T>(object: string, method: string, ...given: readonly unknown[]) => {
      const called: unknown = await page.evaluate(
        ([of, name, values]) => {
          const functions = (globalThis as unknown as Record<string, Functions>)[of]
          if (functions === undefined) throw new TypeError(`the page has no ${of}`)
          return functions[name]!(...values)
        },
        [object, method, given] as const,
      )
      return called as T
    },
    reload: async () => {
      await page.reload()
    },
    faults: () => {
      const told = faults
      faults = []
      return told
    },
    nextFault: () => new Promise((_resolve, reject) => waiting.push(reject)),
    close: () => page.close(),
  }
}
