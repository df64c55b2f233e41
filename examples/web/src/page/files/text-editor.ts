/**
 * One text file under edit. What was typed goes to the disk soon, and never over something that its author did not see:
 * when the file became another meanwhile, the text goes into a file of its own, where the editing goes on.
 */

import { isTidemarkError, type TidemarkError } from 'tidemark'
import { Store } from '../state/store.js'
import { fileTrouble } from './file-trouble.js'
import { keepDraft } from './kept-drafts.js'
import { marked, nameOf, parentOf } from './paths.js'
import { bytesOf, contentOf, sameBytes, type TextContent, textOf } from './text-content.js'
import type { WorkspaceFiles } from './workspace-files.js'

export interface EditorView {
  readonly path: string
  /** As it stands in the editor. */
  readonly text: string
  /** Another one when the text was replaced by what is on the disk. */
  readonly loaded: number
  readonly state: 'saved' | 'unsaved'
  /** Why it is not saved, when saving was tried. */
  readonly trouble: TidemarkError | null
}

/** What became of the file when it was looked at again. */
export type Found = 'text' | 'binary' | 'gone'

export interface EditorEvents {
  /** The file became another one while there was unsaved text, which now stands in `own`. */
  onAside(path: string, own: string): void
  /** The file was gone, and stands there again with the text. */
  onRevived(path: string): void
}

/** After the last key, and at the latest while keys go on coming. */
const REST_MS = 500
const AT_LATEST_MS = 3_000
const AGAIN_MS = 4_000
const MARK = 'unsaved here'

export class TextEditor {
  readonly view: Store<EditorView>
  readonly #files: WorkspaceFiles
  readonly #events: EditorEvents
  /** What the disk held when it was read or written last. */
  #disk: TextContent
  #steps: Promise<unknown> = Promise.resolve()
  #timer: number | null = null
  #unsavedSince = 0

  constructor(files: WorkspaceFiles, path: string, content: TextContent, events: EditorEvents) {
    this.#files = files
    this.#disk = content
    this.#events = events
    this.view = new Store<EditorView>({ path, text: content.shown, loaded: 0, state: 'saved', trouble: null })
  }

  get path(): string {
    return this.view.value.path
  }

  get isUnsaved(): boolean {
    return this.view.value.text !== this.#disk.shown
  }

  type(text: string): void {
    const now = Date.now()
    if (!this.isUnsaved) this.#unsavedSince = now
    this.#show({ text })
    this.#plan(now - this.#unsavedSince >= AT_LATEST_MS ? 0 : REST_MS)
  }

  /** Resolves when it was tried; what failed stands in the view, with the text as it is. */
  save(): Promise<void> {
    return this.#step(() => this.#save())
  }

  /** Takes up what came from elsewhere. */
  lookAgain(): Promise<Found> {
    return this.#step(() => this.#look())
  }

  /** The file was moved from elsewhere, with its content. */
  follow(to: string): Promise<void> {
    return this.#step(async () => {
      if ((await this.#files.kindOf(this.path)) === null) this.#show({ path: to })
    })
  }

  /** For a page that goes right now. Returns the function that takes it back. */
  keepDraft(): () => void {
    if (!this.isUnsaved) return () => undefined
    const { path, text } = this.view.value
    return keepDraft({ workspace: this.#files.workspace, path, text, before: this.#disk.shown })
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #save(): Promise<void> {
    this.end()
    if (!this.isUnsaved) return
    const { path, text } = this.view.value
    const content = contentOf(text, this.#disk.lineEnd)
    const { bytes } = this.#disk
    try {
      const outcome = await this.#files.replace(path, content.bytes, async (now) =>
        sameBytes(await bytesOf(now), bytes),
      )
      if (outcome === 'gone') await this.#revive(path, content)
      else if (outcome === 'changed') await this.#putAside(path, content)
      this.#disk = content
      this.#show({ trouble: null })
      if (this.isUnsaved) this.#plan(REST_MS)
    } catch (error) {
      this.#show({ trouble: fileTrouble(error, path) })
      this.#plan(AGAIN_MS)
    }
  }

  async #revive(path: string, content: TextContent): Promise<void> {
    try {
      await this.#files.create(path, content.bytes)
      this.#events.onRevived(path)
    } catch (error) {
      if (!isTidemarkError(error) || error.code !== 'exists') throw error
      await this.#putAside(path, content)
    }
  }

  async #putAside(path: string, content: TextContent): Promise<void> {
    const now = await this.#files.read(path)
    if (now !== null && sameBytes(await bytesOf(now), content.bytes)) return
    const own = await this.#files.createBeside(parentOf(path), marked(nameOf(path), MARK), content.bytes)
    this.#show({ path: own })
    this.#events.onAside(path, own)
  }

  async #look(): Promise<Found> {
    const file = await this.#files.read(this.path)
    if (this.isUnsaved) {
      const isSeen = file !== null && sameBytes(await bytesOf(file), this.#disk.bytes)
      if (!isSeen) await this.#save()
      return 'text'
    }
    if (file === null) return 'gone'
    const bytes = await bytesOf(file)
    if (sameBytes(bytes, this.#disk.bytes)) return 'text'
    const content = textOf(bytes)
    if (content === null) return 'binary'
    // Keys may have come while the file was read: they belong to what was there before.
    if (this.isUnsaved) {
      await this.#save()
      return 'text'
    }
    this.#disk = content
    this.#show({ text: content.shown, loaded: this.view.value.loaded + 1 })
    return 'text'
  }

  /** One after the other: what is looked at is not written meanwhile. */
  #step<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#steps.then(run)
    this.#steps = done.catch(() => undefined)
    return done
  }

  #plan(ms: number): void {
    this.end()
    this.#timer = window.setTimeout(() => void this.save(), ms)
  }

  #show(part: Partial<EditorView>): void {
    this.view.change((view) => {
      const next = { ...view, ...part }
      return { ...next, state: next.text === this.#disk.shown ? 'saved' : 'unsaved' }
    })
  }
}
