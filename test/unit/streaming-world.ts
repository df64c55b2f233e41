/** Two live devices in memory, one of which sends a large file and is held up halfway, for the tests of streaming sync. */

import { wasmHasher } from '../../adapters/node/wasm-hasher.js'
import type { SyncEngineOptions } from '../../src/index.js'
import { EngineWorld, noise, type TestDevice } from './engine-world.js'

export const MIB = 1024 * 1024
export const SIZE = 12 * MIB
/** Of twelve: the sender stops here before it goes on, or does not. */
export const PUTS = 9
/** What a sender has under way at a time, and a receiver asks for ahead. */
export const UNDER_WAY = 4 * MIB
/** Longer than a server waits for the next byte of an upload, and a receiver until it looks after it. */
export const GIVEN_UP_MS = 7 * 60_000

interface Live {
  readonly world: EngineWorld
  readonly a: TestDevice
  readonly b: TestDevice
}

/** Both are live and in sync: `f` and `other` are there. */
export async function live(options: Partial<SyncEngineOptions> = {}): Promise<Live> {
  const world = await EngineWorld.open({ hasher: await wasmHasher(), averageChunk: 64 * 1024 })
  const [a, b] = [world.device('A'), world.device('B', options)]
  a.write('other', 'o')
  a.write('f', noise(8 * MIB, 2))
  await world.converge(a, b)
  for (const device of [a, b]) await device.start()
  await world.pass(10_000)
  for (const device of [a, b]) forget(device)
  return { world, a, b }
}

export function forget(device: TestDevice): void {
  device.requests = []
  device.answers = []
}

/** The sender stops before its next put once it made so many; the returned function lets it go on. */
export function holdAfter(device: TestDevice, puts: number): () => void {
  let open = (): void => undefined
  const gate = new Promise<void>((resolve) => {
    open = resolve
  })
  let made = 0
  device.onStep = ({ seam, call }) => {
    if (seam !== 'network' || call !== 'put') return
    made += 1
    return made > puts ? gate : undefined
  }
  return open
}

/** A has written a large file, and its upload is stuck three quarters of the way. */
export async function halfway(
  options: Partial<SyncEngineOptions> = {},
  path = 'large',
): Promise<Live & { readonly content: Uint8Array; readonly goOn: () => void }> {
  const { world, a, b } = await live(options)
  const content = noise(SIZE, 1)
  const goOn = holdAfter(a, PUTS)
  a.write(path, content)
  a.watcher.raise([path])
  await world.pass(20_000)
  return { world, a, b, content, goOn }
}

/** Chunk bytes it received since its answers were forgotten. */
export function received({ answers }: Pick<TestDevice, 'answers'>): number {
  return answers
    .flatMap((answer) => (answer.type === 'get-chunks' ? answer.chunks : []))
    .reduce((sum, { bytes }) => sum + bytes.length, 0)
}

/** Of megabytes: a deep comparison would take minutes. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.length).equals(b)
}

export async function stop(...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) await device.stop()
}
