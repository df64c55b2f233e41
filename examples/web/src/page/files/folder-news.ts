/** What this app changed in its directory: told to the engine, to the other tabs, and to whoever listens here. */

import { tellChanged } from 'tidemark/browser'

type Hear = (paths: readonly string[]) => void

export class FolderNews {
  readonly #workspace: string
  readonly #tabs: BroadcastChannel
  readonly #listeners = new Set<Hear>()

  constructor(workspace: string) {
    this.#workspace = workspace
    this.#tabs = new BroadcastChannel(`tidemark-notes:${workspace}`)
    this.#tabs.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (Array.isArray(data) && data.every((path) => typeof path === 'string')) this.#hear(data)
    })
  }

  /** After the files were written. */
  tell(paths: readonly string[]): void {
    tellChanged(this.#workspace, paths)
    this.#tabs.postMessage(paths)
    this.#hear(paths)
  }

  /** Returns the function that ends the hearing. */
  on(hear: Hear): () => void {
    this.#listeners.add(hear)
    return () => this.#listeners.delete(hear)
  }

  close(): void {
    this.#tabs.close()
    this.#listeners.clear()
  }

  #hear(paths: readonly string[]): void {
    for (const hear of [...this.#listeners]) hear(paths)
  }
}
