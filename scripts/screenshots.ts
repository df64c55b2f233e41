/**
 * `npm run screenshots`: the example page in Chromium, wide and narrow, dark and light, as `docs/images/web-….png`. What differs from
 * one run to the next is written over in the page before it is taken: times, the mark in names of conflict copies, the size of the disk.
 */

import { mkdirSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { findChromium } from '../test/browser/find-chromium.js'
import { placesOf } from '../test/browser/web/places.js'
import { signIn } from '../test/browser/web/signed-in.js'
import type { Visitor } from '../test/browser/web/web-browser.js'
import { WebPage } from '../test/browser/web/web-page.js'
import { webWorld } from '../test/browser/web/web-world.js'

interface Looker extends Visitor {
  readonly width: number
  readonly web: WebPage
}

const ROOT = resolve(import.meta.dirname, '..')
const IMAGES = join(ROOT, 'docs/images')
const MOST_BYTES = 150_000
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 390, height: 844 }
const SCHEMES = ['dark', 'light'] as const
const SHOWN: readonly string[] = ['app', 'history', 'conflict']

const { path: executablePath, lack } = findChromium()
if (executablePath === null) throw new Error(`the screenshots ${lack}`)

mkdirSync(IMAGES, { recursive: true })
const world = await webWorld(executablePath)
try {
  const lookers = [await lookerOf(WIDE), await lookerOf(NARROW)]
  for (const looker of lookers) await enter(looker)
  for (const place of placesOf(world)) {
    if (!SHOWN.includes(place.name)) continue
    await place.prepare?.(lookers[0]!.web)
    for (const looker of lookers) {
      // Without a file opened, a narrow screen shows the tree.
      const isTree = place.name === 'app' && looker.width === NARROW.width
      if (!isTree) await place.enter(looker.web)
      await take(looker, place.name)
      if (!isTree) await place.leave(looker.web)
    }
  }
  const faults = lookers.flatMap((looker) => looker.faults())
  if (faults.length > 0) throw new Error(faults.join('\n'))
} finally {
  await world.close()
}

async function lookerOf(size: typeof WIDE): Promise<Looker> {
  const url = `${world.demo.url}#user=${world.demo.user}&workspace=notes`
  const visitor = await world.browser.visit({ url, ...size })
  return { ...visitor, width: size.width, web: new WebPage(visitor.page) }
}

async function enter(looker: Looker): Promise<void> {
  await looker.web.heading(1, 'Sign in').waitFor()
  await take(looker, 'sign-in')
  await signIn(looker.web, world.demo)
}

async function take({ web, width }: Looker, name: string): Promise<void> {
  await atRest(web)
  for (const scheme of SCHEMES) {
    await web.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await web.page.evaluate(sameEachTime)
    const path = join(IMAGES, `web-${name}-${width}-${scheme}.png`)
    await web.page.screenshot({ path, caret: 'hide' })
    const { size } = statSync(path)
    console.log(`${relative(ROOT, path)} ${size} bytes`)
    if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES} bytes`)
  }
}

/** No bytes move, and nothing is told in passing. */
async function atRest(web: WebPage): Promise<void> {
  await web.page.getByRole('progressbar', { name: 'Transfer' }).waitFor({ state: 'hidden' })
  const dismiss = web.button('Dismiss').first()
  while (await dismiss.isVisible()) await dismiss.click()
  // What the pointer rests on looks otherwise.
  await web.page.mouse.move(0, 0)
}

/** Runs in the page. */
function sameEachTime(): void {
  const times = ['3 Dec 2026, 10:04', '3 Dec 2026, 09:31', '2 Dec 2026, 18:20']
  let seen = 0
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const was = text.nodeValue ?? ''
    const same = was
      .replace(/\(conflicted copy (.+?) [0-9a-f]{6}\)/g, '(conflicted copy $1 1f8292)')
      .replace(/\b\d{1,2} [A-Z][a-z]{2,4} \d{4}, \d\d:\d\d\b/g, () => times[seen++ % times.length] ?? '')
      .replace(/^[\d.]+ [a-zA-Z]+ of [\d.]+ [a-zA-Z]+$/, '38.6 kB of 5 GB')
    if (same !== was) text.nodeValue = same
  }
}
