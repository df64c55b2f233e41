/** D3, D8: a page that is reloaded while a large file is on its way goes on where it was. */

import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ByteRelay, type WireBytes } from '../../scripts/bench/byte-relay.js'
import { SeededBytes } from '../../scripts/bench/seeded-bytes.js'
import { type Scene, scenes } from './scene.js'

const inBrowser = await scenes('D3 a reload while files are on their way')

const MEBIBYTE = 1024 * 1024
const SIZE = 12 * MEBIBYTE
/** The largest frame; what manifests, questions and heads cost beside the contents is below this. */
const FRAME = 4 * MEBIBYTE
const BESIDE = 256 * 1024
/** Phases of the transfer: begun, half-way, nearly through. */
const PARTS = [0.02, 0.5, 0.95]

/** The page's wire, and when so much went over it. */
async function wireOf({ world, settings }: Scene) {
  const relay = await ByteRelay.to(world.http.port)
  return {
    settings: { ...settings, url: `http://127.0.0.1:${relay.port}/sync` },
    relay,
    passed: (isEnough: (bytes: WireBytes) => boolean): Promise<void> =>
      new Promise((resolve) => {
        relay.onBytes = (bytes) => {
          if (isEnough(bytes)) resolve()
        }
      }),
  }
}

for (const part of PARTS) {
  inBrowser(
    `D3 P15 reloaded when ${part * 100} % of a file went up: at most one frame goes again`,
    async (t, scene) => {
      const { tab, name, desk } = scene
      const { relay, settings, passed } = await wireOf(scene)
      const page = await tab()
      await page.call('app', 'writeNoise', name, 'large', SIZE, 7)
      const there = passed(({ up }) => up >= SIZE * part)
      await page.call('app', 'start', settings)
      await there
      await page.reload()
      await page.call('app', 'start', settings)
      await page.call('app', 'whenSynced')
      const again = relay.bytes.up - SIZE
      t.log(`${again} bytes more than the file`)
      t.true(again <= FRAME + BESIDE)
      await desk.engine.sync()
      t.is(statSync(join(desk.root, 'large')).size, SIZE)
      t.is(await page.call('app', 'sizeOf', name, 'large'), SIZE)
      t.is((await page.call<{ readonly applied: number }>('app', 'status')).applied, 1, 'committed once')
      await relay.close()
    },
  )

  inBrowser(
    `D3 P15 reloaded when ${part * 100} % of a file came down: at most one frame comes again`,
    async (t, scene) => {
      const { tab, name, desk } = scene
      writeFileSync(join(desk.root, 'large'), new SeededBytes('large').bytes(SIZE))
      await desk.engine.sync()
      const { relay, settings, passed } = await wireOf(scene)
      const page = await tab()
      const there = passed(({ down }) => down >= SIZE * part)
      await page.call('app', 'start', settings)
      await there
      await page.reload()
      await page.call('app', 'start', settings)
      await page.call('app', 'whenSynced')
      const again = relay.bytes.down - SIZE
      t.log(`${again} bytes more than the file`)
      t.true(again <= FRAME + BESIDE)
      t.is(await page.call('app', 'sizeOf', name, 'large'), SIZE)
      await relay.close()
    },
  )
}
