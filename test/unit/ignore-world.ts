/** Pairs of devices for the tests of ignore rules and scope: synced once, restarted under other options, brought to rest. */

import type { ExecutionContext } from 'ava'
import type { SyncEngineOptions } from '../../src/index.js'
import { type EngineWorld, TestDevice, twoDevices } from './engine-world.js'

export const RULES = '.tidemarkignore'

export async function pair(
  files: Readonly<Record<string, string>>,
): Promise<{ world: EngineWorld; a: TestDevice; b: TestDevice }> {
  const { world, a, b } = await twoDevices()
  for (const [path, content] of Object.entries(files)) a.write(path, content)
  await world.converge(a, b)
  return { world, a, b }
}

/** The same disk and state under other options. */
export function again(device: TestDevice, options: Partial<SyncEngineOptions>): TestDevice {
  return new TestDevice(device.world, device.name, device.volume, device.state, options)
}

/** Live for a minute, each comes to rest, in sync and without a problem. */
export async function quiet(t: ExecutionContext, ...devices: readonly TestDevice[]): Promise<void> {
  for (const device of devices) {
    await device.start()
    await device.world.pass(60_000)
    t.is(device.engine.status.state, 'synced', `${device.name}: ${JSON.stringify(device.engine.status)}`)
    t.deepEqual(device.engine.status.problems, [])
    await device.stop()
    device.restart()
  }
}
