/** Two devices that disagree about one file, for the tests of what a person does about it. */

import { EngineWorld, type TestDevice } from './engine-world.js'

export interface ConflictScene {
  readonly world: EngineWorld
  readonly a: TestDevice
  readonly b: TestDevice
  readonly copy: string
}

/** A and B edited the file; A came first, so B's edit is the copy. Both devices show both. */
export async function conflicted(path: string): Promise<ConflictScene> {
  const world = await EngineWorld.open()
  const [a, b] = [world.device('A'), world.device('B')]
  a.write(path, 'base')
  a.write('kept', 'k')
  await world.converge(a, b)
  a.write(path, 'of A')
  b.write(path, 'of B, longer')
  await world.converge(a, b, a)
  const [entry] = await world.run(b.engine.conflicts.list())
  return { world, a, b, copy: entry?.copy ?? 'none' }
}
