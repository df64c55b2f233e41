/** A live device A in step with B over `dir/f`, `dir/sub/g` and `other`, and the ways to bring it out of step. */

import type { TidemarkError } from '../../src/index.js'
import { EngineWorld, offline, type twoDevices } from './engine-world.js'

export type Met = Awaited<ReturnType<typeof twoDevices>>

/** Both in step with `dir/f`, `dir/sub/g` and `other`; A live. */
export async function live(options: Parameters<EngineWorld['device']>[1] = {}): Promise<Met> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A', options), world.device('B')]
  for (const path of ['dir/f', 'dir/sub/g', 'other']) b.write(path, path)
  await world.converge(b, a)
  await a.start()
  await world.pass(10_000)
  return { world, a, b }
}

export function noNetwork({ a }: Pick<Met, 'a'>, error: () => TidemarkError = offline): void {
  a.onStep = ({ seam }) => {
    if (seam === 'network') throw error()
  }
}

export async function edited(met: Pick<Met, 'a' | 'world'>): Promise<void> {
  met.a.write('dir/f', 'edited')
  met.a.watcher.raise(['dir/f'])
  await met.world.pass(10_000)
}
