/** The demo, Chromium and a third device, for all tests of the example page. */

import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Demo, startDemo } from './demo-child.js'
import { startWebBrowser, type WebBrowser } from './web-browser.js'
import { type Witness, witnessOf } from './witness.js'

export interface WebWorld {
  readonly demo: Demo
  readonly browser: WebBrowser
  readonly witness: Witness
  /** Where the demo makes its directories, and what of them is there. */
  readonly temporary: string
  readonly left: () => readonly string[]
  close(): Promise<void>
}

export async function webWorld(executablePath: string): Promise<WebWorld> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-web-test-')))
  const [temporary, aside] = [join(directory, 'demo'), join(directory, 'aside')]
  for (const made of [temporary, aside]) mkdirSync(made)
  const [demo, browser] = await Promise.all([startDemo({ temporary, aside }), startWebBrowser(executablePath)])
  const witness = await witnessOf(demo)
  return {
    demo,
    browser,
    witness,
    temporary,
    left: () => readdirSync(temporary),
    close: async () => {
      await browser.close()
      await witness.close()
      await demo.stop()
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
