/** What is selected, and what of it is open. Nothing is left while it holds text that could not be saved. */

import type { TidemarkError } from 'tidemark'
import { fileTrouble } from '../files/file-trouble.js'
import { isWithin } from '../files/paths.js'
import { bytesOf, TEXT_LIMIT, textOf } from '../files/text-content.js'
import { type EditorEvents, TextEditor } from '../files/text-editor.js'
import type { WorkspaceFiles } from '../files/workspace-files.js'
import { Store } from './store.js'
import { type Throttled, throttled } from './throttle.js'

export type Opened =
  | { readonly kind: 'text'; readonly path: string; readonly editor: TextEditor }
  | { readonly kind: 'binary'; readonly path: string; readonly file: File }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'gone'; readonly path: string }
  | { readonly kind: 'trouble'; readonly path: string; readonly error: TidemarkError }

export class OpenFile {
  readonly opened = new Store<Opened | null>(null)
  readonly #files: WorkspaceFiles
  readonly #events: EditorEvents
  readonly #look: Throttled
  #turn = 0

  constructor(files: WorkspaceFiles, events: EditorEvents) {
    this.#files = files
    this.#events = {
      onAside: (path, own) => {
        this.#followEditor()
        events.onAside(path, own)
      },
      onRevived: (path) => events.onRevived(path),
    }
    this.#look = throttled(() => this.#lookAgain())
  }

  get path(): string | null {
    return this.opened.value?.path ?? null
  }

  /** @throws busy, no-space and the like when what is open cannot be saved: it stays open then */
  async open(path: string | null): Promise<void> {
    const turn = ++this.#turn
    await this.settle()
    const next = path === null ? null : await this.#load(path)
    if (turn !== this.#turn) return
    // What was typed while the other one was read.
    await this.settle()
    this.#leave()
    this.opened.set(next)
    // What changed while it was read was told of a file that nobody had open yet.
    this.#look.ask()
  }

  /** @throws what stands in the way of saving what was typed */
  async settle(): Promise<void> {
    const { value } = this.opened
    if (value?.kind !== 'text') return
    await value.editor.save()
    const { trouble } = value.editor.view.value
    if (value.editor.isUnsaved && trouble !== null) throw trouble
  }

  /** Something changed at these paths, here or elsewhere. */
  moved(paths: readonly string[]): void {
    const { path } = this
    if (path !== null && paths.some((moved) => isWithin(path, moved))) this.#look.ask()
  }

  lookAgain(): void {
    this.#look.ask()
  }

  /** Something moved, with all that is in it. */
  async follow(from: string, to: string): Promise<void> {
    const { value } = this.opened
    if (value === null || !isWithin(value.path, from)) return
    const path = to + value.path.slice(from.length)
    if (value.kind === 'text') {
      await value.editor.follow(path)
      this.#followEditor()
    } else if (value.kind !== 'trouble') this.opened.set({ ...value, path })
  }

  keepDraft(): () => void {
    const { value } = this.opened
    return value?.kind === 'text' ? value.editor.keepDraft() : () => undefined
  }

  end(): void {
    this.#look.end()
    this.#leave()
  }

  async #load(path: string): Promise<Opened> {
    try {
      if ((await this.#files.kindOf(path)) === 'directory') return { kind: 'directory', path }
      const file = await this.#files.read(path)
      if (file === null) return { kind: 'gone', path }
      const content = file.size > TEXT_LIMIT ? null : textOf(await bytesOf(file))
      if (content === null) return { kind: 'binary', path, file }
      return { kind: 'text', path, editor: new TextEditor(this.#files, path, content, this.#events) }
    } catch (error) {
      return { kind: 'trouble', path, error: fileTrouble(error, path) }
    }
  }

  async #lookAgain(): Promise<void> {
    const { value } = this.opened
    if (value === null) return
    const turn = this.#turn
    try {
      if (value.kind === 'text' && (await value.editor.lookAgain()) === 'text') return
      const next = await this.#load(value.path)
      if (turn !== this.#turn || this.opened.value !== value || isSame(value, next)) return
      if (value.kind === 'text' && value.editor.isUnsaved) return
      this.#leave()
      this.opened.set(next)
    } catch {
      // It could not be read just now: what is shown stays, and the next change or the next save looks again.
    }
  }

  #followEditor(): void {
    const { value } = this.opened
    if (value?.kind === 'text' && value.path !== value.editor.path)
      this.opened.set({ ...value, path: value.editor.path })
  }

  #leave(): void {
    const { value } = this.opened
    if (value?.kind === 'text') value.editor.end()
  }
}

function isSame(a: Opened, b: Opened): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind !== 'binary' || b.kind !== 'binary') return a.kind !== 'text'
  return a.file.size === b.file.size && a.file.lastModified === b.file.lastModified
}
