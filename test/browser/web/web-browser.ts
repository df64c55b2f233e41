/** Chromium with the example page: each visitor in a profile of its own, and every complaint of the page noted. */

import { type Browser, chromium, type Page } from 'playwright-core'

export interface WebBrowser {
  /** Somebody who was never here. The page is loaded. */
  visit(how: Visit): Promise<Visitor>
  close(): Promise<void>
}

export interface Visit {
  readonly url: string
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
}

export interface Visitor {
  readonly page: Page
  /** Errors and warnings of the console, errors that nobody caught, breaches of the policy; since the last call. */
  readonly faults: () => readonly string[]
  readonly close: () => Promise<void>
}

/** How long a person waits for the page. */
const PATIENCE_MS = 20_000

export async function startWebBrowser(executablePath: string): Promise<WebBrowser> {
  // Root, whom machines of tests often run by, gets no sandbox from Chromium. It meets our own page only.
  const browser = await chromium.launch({ executablePath, headless: true, args: ['--no-sandbox'] })
  return {
    visit: (how) => visit(browser, how),
    close: () => browser.close(),
  }
}

async function visit(browser: Browser, { url, width = 1280, height = 800, scheme = 'light' }: Visit): Promise<Visitor> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  let faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.stack ?? error.message))
  page.on('crash', () => faults.push('the page crashed'))
  page.on('console', (message) => {
    const type = message.type()
    if (type === 'error' || type === 'warning') faults.push(`${type}: ${message.text()}`)
  })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`policy: ${violatedDirective} ${blockedURI}`)
    })
  })
  await page.goto(url)
  return {
    page,
    faults: () => {
      const told = faults
      faults = []
      return told
    },
    close: () => context.close(),
  }
}
