/** What of the directory is listed: the root and what is expanded. The rest costs nothing, however much it is. */

import { directoriesAbove, isWithin, parentOf } from '../files/paths.js'
import type { Entry, WorkspaceFiles } from '../files/workspace-files.js'
import { Store } from './store.js'
import { type Throttled, throttled } from './throttle.js'

export interface TreeView {
  /** By directory. Null before the root was looked at. */
  readonly listings: ReadonlyMap<string, readonly Entry[]> | null
}

export interface TreeRow {
  readonly entry: Entry
  readonly level: number
  readonly position: number
  readonly size: number
  readonly isExpanded: boolean
}

export class TreeState {
  readonly view = new Store<TreeView>({ listings: null })
  readonly #files: WorkspaceFiles
  readonly #onTrouble: (error: unknown) => void
  readonly #due = new Set<string>([''])
  readonly #look: Throttled

  constructor(files: WorkspaceFiles, onTrouble: (error: unknown) => void) {
    this.#files = files
    this.#onTrouble = onTrouble
    this.#look = throttled(() => this.#lookAtDue())
    this.#look.ask()
  }

  isExpanded(path: string): boolean {
    return this.view.value.listings?.has(path) === true
  }

  async expand(path: string): Promise<void> {
    await this.#list(path)
  }

  collapse(path: string): void {
    this.#change((listings) => {
      for (const directory of [...listings.keys()])
        if (directory !== '' && isWithin(directory, path)) listings.delete(directory)
    })
  }

  /** Expands what is above. */
  async reveal(path: string): Promise<void> {
    for (const directory of ['', ...directoriesAbove(path)]) await this.#list(directory)
  }

  /** Something changed at these paths. */
  moved(paths: readonly string[]): void {
    for (const path of paths)
      for (const directory of [path, parentOf(path), ...directoriesAbove(path)]) this.#due.add(directory)
    this.#look.ask()
  }

  /** Whoever was away looks at all that is listed again. */
  lookAgain(): void {
    this.moved([...(this.view.value.listings?.keys() ?? [''])])
  }

  end(): void {
    this.#look.end()
  }

  async #lookAtDue(): Promise<void> {
    const due = [...this.#due].filter((path) => path === '' || this.isExpanded(path))
    this.#due.clear()
    for (const path of due) if (path === '' || this.isExpanded(path)) await this.#list(path)
  }

  /** What cannot be read is told, and shown as it was. */
  async #list(path: string): Promise<void> {
    try {
      const entries = await this.#files.list(path)
      if (entries === null) return this.collapse(path)
      const before = this.view.value.listings?.get(path)
      if (before !== undefined && sameEntries(before, entries)) return
      this.#change((listings) => listings.set(path, entries))
    } catch (error) {
      this.#onTrouble(error)
    }
  }

  #change(edit: (listings: Map<string, readonly Entry[]>) => void): void {
    const listings = new Map(this.view.value.listings)
    edit(listings)
    this.view.set({ listings })
  }
}

/** As they stand one below the other. */
export function rowsOf({ listings }: TreeView): readonly TreeRow[] {
  const rows: TreeRow[] = []
  const add = (directory: string, level: number): void => {
    const entries = listings?.get(directory) ?? []
    entries.forEach((entry, at) => {
      const isExpanded = entry.kind === 'directory' && listings?.has(entry.path) === true
      rows.push({ entry, level, position: at + 1, size: entries.length, isExpanded })
      if (isExpanded) add(entry.path, level + 1)
    })
  }
  add('', 1)
  return rows
}

function sameEntries(a: readonly Entry[], b: readonly Entry[]): boolean {
  return a.length === b.length && a.every(({ name, kind }, at) => name === b[at]?.name && kind === b[at].kind)
}
