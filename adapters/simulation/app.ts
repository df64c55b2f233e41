/**
 * A simulated app over an engine whose contents come on demand: it reads what is not here, brings directories, and lets
 * contents go, at any moment. What it asks for may fail as for any app; it never looks behind the engine.
 */

import type { DirectoryItem, SyncEngine } from '../../src/index.js'
import type { Oracle } from './oracle.js'
import type { AppStep } from './script.js'
import type { SimulatedDevice } from './simulated-device.js'
import { brief } from './story.js'
import type { User } from './user.js'

export interface AppParts {
  readonly device: SimulatedDevice
  readonly user: User
  readonly oracle: Oracle
  readonly tell: (line: string) => void
  /** It came to its end. */
  readonly onDone: (asks: AppStep['asks']) => void
  readonly onError: (error: unknown) => void
}

const decoder = new TextDecoder()

export class App {
  readonly #parts: AppParts

  constructor(parts: AppParts) {
    this.#parts = parts
  }

  /** A step that finds nothing to do does nothing. */
  does(step: AppStep): void {
    const { engine, isUp, isOnDemand } = this.#parts.device
    if (engine === null || !isUp || !isOnDemand) return
    const asked = this.#ask(engine, step)
    asked?.then(
      () => this.#parts.onDone(step.asks),
      (error: unknown) => this.#parts.onError(error),
    )
  }

  #ask(engine: SyncEngine, { asks, pick }: AppStep): Promise<unknown> | null {
    const items = itemsOf(engine)
    switch (asks) {
      case 'read':
        return this.#read(
          engine,
          picked(
            items.filter(({ state }) => state === 'placeholder'),
            pick,
          ),
        )
      case 'bring':
        return this.#bring(engine, picked(['', ...directoriesIn(items)], pick))
      case 'let-go':
        return this.#letGo(
          engine,
          picked([...items.filter(isFileHere).map(({ path }) => path), ...directoriesIn(items), ''], pick),
        )
    }
  }

  #read(engine: SyncEngine, item: DirectoryItem | undefined): Promise<unknown> | null {
    if (item === undefined) return null
    const { device, tell } = this.#parts
    tell(`the app of ${device.name} reads ${item.path}`)
    return engine
      .readFile(item.path)
      .then((bytes) => tell(`the app of ${device.name} has read ${item.path}: ${brief(decoder.decode(bytes))}`))
  }

  #bring(engine: SyncEngine, path: string | undefined): Promise<unknown> | null {
    if (path === undefined) return null
    this.#parts.tell(`the app of ${this.#parts.device.name} brings '${path}'`)
    return engine.hydrate(path)
  }

  #letGo(engine: SyncEngine, path: string | undefined): Promise<unknown> | null {
    if (path === undefined) return null
    const { device, user, oracle, tell } = this.#parts
    tell(`the app of ${device.name} lets '${path}' go`)
    for (const file of user.entries('file'))
      if (path === '' || file === `/${path}` || file.startsWith(`/${path}/`)) oracle.letGo(user.read(file))
    return engine.release(path)
  }
}

/** Everything that the engine lists; nothing while it does not run. */
export function itemsOf(engine: SyncEngine, path = ''): readonly DirectoryItem[] {
  if (engine.status.state === 'stopped') return []
  return engine
    .list(path)
    .flatMap((item) => (item.kind === 'directory' ? [item, ...itemsOf(engine, item.path)] : [item]))
}

function isFileHere({ kind, isHere }: DirectoryItem): boolean {
  return kind === 'file' && isHere
}

function directoriesIn(items: readonly DirectoryItem[]): readonly string[] {
  return items.filter(({ kind }) => kind === 'directory').map(({ path }) => path)
}

function picked<T>(items: readonly T[], pick: number): T | undefined {
  return items[pick % Math.max(1, items.length)]
}
