/**
 * D1: the conformance suites in a real Chromium. Every case of every adapter of page/registries.ts is a test here, and at
 * the end stands, rule by rule, what runs in Node and what in Chromium.
 */

import test from 'ava'
import { SerialQueue } from '../../adapters/shared/serial-queue.js'
import type { Trial } from '../conformance/case.js'
import { allowedSkips, skipsOf } from '../conformance/skips.js'
import { INTERFACES } from '../conformance/suites.js'
import { type StartedChromium, startChromium } from './chromium.js'
import { ChromiumTrial } from './chromium-trial.js'
import { findChromium } from './find-chromium.js'
import { trialsInNode } from './node-trials.js'
import { lineToPage } from './line-to-page.js'
import type { ToldTrial } from './page/conformance-page.js'
import { servePage } from './page-server.js'
import { compare, shown } from './side-by-side.js'
import { ALLOWED_SKIPS, NOT_IN_A_PAGE } from './skips.table.js'

const found = findChromium()
if (found.path === null) test.skip(`D1 conformance in Chromium ${found.lack}`, () => {})
else declare(await inChromium(found.path))

/** What shares a page: trials of one interface, of the largest those of one adapter. One at a time in each. */
const pageName = ({ of, adapter }: Pick<Trial, 'of' | 'adapter'>): string => (of === 'LocalStore' ? adapter : of)

/** Each page stands in a profile of its own: what one leaves behind no other meets. */
async function inChromium(path: string) {
  const pages = new Map<string, ReturnType<StartedChromium['open']>>()
  const server = await servePage({
    modules: [
      'test/browser/page/conformance-page.ts',
      'test/browser/page/conformance-worker.ts',
      'adapters/browser/browser-worker.ts',
    ],
    beside: lineToPage(() => pageOf('Transport')),
  })
  const chromium = await startChromium(path)
  const close = async (): Promise<void> => {
    await chromium.close()
    server.close()
  }
  const pageOf = (name: string): ReturnType<StartedChromium['open']> => {
    const page = pages.get(name) ?? chromium.open(server.url)
    pages.set(name, page)
    return page
  }
  try {
    const first = await chromium.open(server.url)
    const told = await first.call<readonly ToldTrial[]>('conformance', 'list')
    return { first, close, trials: told.map((one) => new ChromiumTrial(one, () => pageOf(pageName(one)))) }
  } catch (error) {
    await close()
    throw error
  }
}

function declare({ first, trials, close }: Awaited<ReturnType<typeof inChromium>>): void {
  test.after.always('Chromium is closed', close)

  const queues = new Map<string, SerialQueue>()
  const queueOf = (trial: Trial): SerialQueue => {
    const queue = queues.get(pageName(trial)) ?? new SerialQueue()
    queues.set(pageName(trial), queue)
    return queue
  }

  test.serial('D5 the page of the tests may not make code of text, and may run WebAssembly', async (t) => {
    t.deepEqual(await first.call('conformance', 'policy'), { codeOfText: false, wasm: true })
    t.deepEqual(
      first.faults().filter((fault) => !fault.includes('Content Security Policy')),
      [],
    )
  })

  for (const trial of trials) {
    if (trial.lacks.length > 0) continue
    const title = `in Chromium, ${trial.of}: ${trial.title}`
    if (trial.missing !== null) {
      test.skip(`${title} (capability: ${trial.missing})`, () => {})
      continue
    }
    test(title, (t) => t.notThrowsAsync(queueOf(trial).run(trial.run)))
  }

  for (const name of INTERFACES) {
    const here = trials.filter(({ of }) => of === name)
    test(`in Chromium, ${name}: A21 every skip stands in skips.table.ts, and every row is a skip`, (t) => {
      t.deepEqual(skipsOf(here), allowedSkips(name, ALLOWED_SKIPS))
      t.is(name in NOT_IN_A_PAGE, here.length === 0, 'it has an adapter in a page, or a reason why not')
    })

    test(`in Chromium, ${name}: D1 what differs from Node differs by a named capability`, (t) => {
      if (here.length === 0) return t.truthy(NOT_IN_A_PAGE[name])
      const unnamed = compare(trialsInNode(name), here).filter(
        ({ differing, lacking }) => differing > 0 && lacking.length === 0,
      )
      t.deepEqual(unnamed, [])
    })
  }

  test.after.always('side by side', () => {
    const blocks = INTERFACES.map((name) => {
      const here = trials.filter(({ of }) => of === name)
      return shown(name, compare(trialsInNode(name), here), NOT_IN_A_PAGE[name])
    })
    console.log(blocks.join('\n\n'))
  })
}
