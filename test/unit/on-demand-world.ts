/** Two devices in one workspace: one with every content, one with those that are asked for. What a test asks of the second, and what it says of the tree. */

import type { SyncEngine } from '../../src/index.js'
import { EngineWorld, type TestDevice } from './engine-world.js'

export const FILES = { 'notes/a': 'content a', 'notes/deep/b': 'content b', 'other/c': 'content c', d: 'content d' }
const ASKS_CONTENT: ReadonlySet<string> = new Set(['get-chunks', 'get-manifests', 'get-signatures'])

export interface Met {
  readonly world: EngineWorld
  /** Has everything. */
  readonly all: TestDevice
  /** On demand. */
  readonly few: TestDevice
}

export async function met(files: Readonly<Record<string, string | Uint8Array>> = FILES): Promise<Met> {
  const world = await EngineWorld.open()
  const [all, few] = [world.device('all'), world.device('few', { hydrate: 'on-demand' })]
  for (const [path, content] of Object.entries(files)) all.write(path, content)
  await all.sync()
  await few.sync()
  return { world, all, few }
}

export async function live(files?: Parameters<typeof met>[0]): Promise<Met> {
  const one = await met(files)
  await one.few.start()
  await one.world.pass(5_000)
  one.few.requests = []
  return one
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
export const contentAsked = (device: TestDevice): readonly string[] =>
  device.asked().filter((type) => ASKS_CONTENT.has(type))
export const trash = (device: TestDevice): readonly string[] =>
  device.own('trash').filter((name) => name !== 'index.jsonl')

export function read({ world, engine }: TestDevice, path: string): Promise<Uint8Array> {
  return world.run(engine.readFile(path))
}

export function release({ world, engine }: TestDevice, path: string): ReturnType<SyncEngine['release']> {
  return world.run(engine.release(path))
}

/** Every file of the tree, by what is said of it. */
export function told(engine: SyncEngine, path = ''): Record<string, string> {
  return Object.assign(
    {},
    ...engine
      .list(path)
      .map((item) =>
        item.kind === 'directory'
          ? told(engine, item.path)
          : { [item.path]: `${item.isHere ? 'here' : 'there'} ${item.state}` },
      ),
  ) as Record<string, string>
}
