/** axe-core over the page as it stands, in both colour schemes and both widths. */

import axe from 'axe-core'
import type { Page } from 'playwright-core'

const VIEWS = [
  { width: 1280, height: 800, scheme: 'light' },
  { width: 1280, height: 800, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
] as const

const GRAVE: readonly (string | null | undefined)[] = ['serious', 'critical']

interface Found {
  readonly id: string
  readonly impact?: string | null
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** What hinders people, a line each; the page has its first size again afterwards. */
export async function hindrances(page: Page, place: string): Promise<readonly string[]> {
  const found: string[] = []
  const size = page.viewportSize() ?? VIEWS[0]
  for (const { width, height, scheme } of VIEWS) {
    await page.setViewportSize({ width, height })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    for (const { id, impact, nodes } of await violations(page)) {
      if (!GRAVE.includes(impact)) continue
      for (const { html, failureSummary = '' } of nodes) {
        found.push(`${place}, ${width} ${scheme}: ${id} (${impact}) ${html} ${failureSummary}`)
      }
    }
  }
  await page.setViewportSize(size)
  return found
}

/** By the debugger, which the page's policy does not hold up. */
async function violations(page: Page): Promise<readonly Found[]> {
  const isThere = await page.evaluate(() => 'axe' in globalThis)
  if (!isThere) await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Found[] }> } }
    const { violations } = await axe.run({ resultTypes: ['violations'], preload: false })
    return violations
  })
}
