/** A workspace on the screen: its files, its engine, and what is selected of it. Made at the sign-in, closed at the sign-out. */

import type { AppliedChange } from 'tidemark'
import { FolderNews } from '../files/folder-news.js'
import { settleDrafts } from '../files/kept-drafts.js'
import { nameOf } from '../files/paths.js'
import { settleDraft } from '../files/settle-draft.js'
import { WorkspaceFiles } from '../files/workspace-files.js'
import { EngineSession } from '../session/engine-session.js'
import type { Login } from '../session/kept-login.js'
import { focusTree } from '../tree/focus-tree.js'
import { ConflictList } from './conflict-list.js'
import { Notices } from './notices.js'
import { OpenFile } from './open-file.js'
import type { Panel, Question } from './panels.js'
import { PathMarks } from './path-marks.js'
import { StorageUse } from './storage-use.js'
import { Store } from './store.js'
import { TreeState } from './tree-state.js'

export class OpenWorkspace {
  readonly login: Login
  readonly notices = new Notices()
  readonly files: WorkspaceFiles
  readonly session: EngineSession
  readonly tree: TreeState
  readonly marks: PathMarks
  readonly conflicts: ConflictList
  readonly open: OpenFile
  readonly storage = new StorageUse()
  readonly panel = new Store<Panel>(null)
  readonly question = new Store<Question>(null)
  /** Whether the dialog of a guard is open. */
  readonly isGuardAsked = new Store(false)
  /** Grows with each change of a file, from wherever it comes. */
  readonly changes = new Store(0)
  readonly #news: FolderNews
  readonly #ends: (() => void)[] = []
  #takeBackDraft: () => void = () => undefined
  #opener: Element | null = null
  #wantsKeys: string | null = null

  constructor(login: Login) {
    this.login = login
    this.#news = new FolderNews(login.workspace)
    this.files = new WorkspaceFiles(login.workspace, this.#news)
    this.tree = new TreeState(this.files, (error) => this.notices.trouble(error))
    this.open = new OpenFile(this.files, {
      onAside: (path, own) => this.#tellAside(path, own),
      onRevived: (path) => this.notices.tell(`${path} was deleted elsewhere. It is here again, with your text.`),
    })
    this.session = new EngineSession(login, {
      onChange: (change) => void this.#take(change),
      onConflict: ({ path }) =>
        this.notices.tell(
          `${path} was edited in two places. Both versions are kept.`,
          { label: 'Look at conflicts', run: () => this.showPanel('conflicts') },
          'conflicts',
        ),
      onError: (error) => this.notices.trouble(error),
      onMoved: () => this.#onMoved(),
      onTurn: () => this.#lookAgain(),
    })
    const engine = () => this.session.engine
    this.marks = new PathMarks(engine)
    this.conflicts = new ConflictList(engine)
    this.#ends.push(
      this.#news.on((paths) => this.#onFiles(paths)),
      this.conflicts.entries.subscribe(() => {
        if (this.conflicts.entries.value.length === 0) this.notices.settled('conflicts')
      }),
    )
    this.#listenToPage()
    void this.#settleDrafts()
  }

  /** Opens it, unless what is open holds text that cannot be saved. */
  async select(path: string | null): Promise<void> {
    try {
      await this.open.open(path)
      this.panel.set(null)
      if (path !== null) await this.tree.reveal(path)
    } catch (error) {
      this.notices.trouble(error)
    }
  }

  showPanel(panel: Panel): void {
    this.#opener = document.activeElement
    this.panel.set(panel)
  }

  /** The focus goes back to what opened it. */
  closePanel(): void {
    this.panel.set(null)
    if (this.#opener instanceof HTMLElement && this.#opener.isConnected) this.#opener.focus()
    else focusTree()
  }

  /** The editor of this file takes the keys as soon as it is there. */
  wantKeys(path: string): void {
    this.#wantsKeys = path
  }

  /** Says yes once. */
  takesKeys(path: string): boolean {
    const takes = this.#wantsKeys === path
    if (takes) this.#wantsKeys = null
    return takes
  }

  /** What was typed is on the disk then. @throws what stands in the way */
  async settle(): Promise<void> {
    await this.open.settle()
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0)) end()
    this.tree.end()
    this.marks.end()
    this.conflicts.end()
    this.storage.end()
    this.open.end()
    await this.session.close()
    this.#news.close()
  }

  #tellAside(path: string, own: string): void {
    this.notices.tell(`${path} was changed elsewhere while you were writing. Your text stands in ${nameOf(own)}.`, {
      label: 'Show the other one',
      run: () => void this.select(path),
    })
    void this.tree.reveal(own)
  }

  async #take(change: AppliedChange): Promise<void> {
    const { path, from } = change
    // What is set aside as a conflict copy leaves its name to the file that is shown.
    if (from !== undefined && change.type !== 'aside') await this.open.follow(from, path)
    this.#onFiles(from === undefined ? [path] : [from, path])
  }

  #onFiles(paths: readonly string[]): void {
    this.tree.moved(paths)
    this.open.moved(paths)
    this.marks.moved()
    this.storage.moved()
    this.changes.change((count) => count + 1)
  }

  #onMoved(): void {
    this.marks.moved()
    this.conflicts.moved()
    this.storage.moved()
  }

  #lookAgain(): void {
    this.tree.lookAgain()
    this.open.lookAgain()
  }

  #listenToPage(): void {
    const look = (): void => {
      // A page that goes is hidden after it was told so: its draft has to stay.
      if (document.visibilityState === 'hidden') return
      this.#takeBackDraft()
      this.#lookAgain()
    }
    const leave = (): void => {
      this.#takeBackDraft()
      this.#takeBackDraft = this.open.keepDraft()
    }
    const soon = (): void => void this.open.settle().catch(() => undefined)
    document.addEventListener('visibilitychange', look)
    document.addEventListener('visibilitychange', soon)
    addEventListener('pageshow', look)
    addEventListener('pagehide', leave)
    this.#ends.push(() => {
      document.removeEventListener('visibilitychange', look)
      document.removeEventListener('visibilitychange', soon)
      removeEventListener('pageshow', look)
      removeEventListener('pagehide', leave)
    })
  }

  async #settleDrafts(): Promise<void> {
    try {
      await settleDrafts(this.login.workspace, async (draft) => {
        const own = await settleDraft(this.files, draft)
        if (own !== null)
          this.notices.tell(`What you typed last was not saved when the page went. It stands in ${own}.`)
      })
    } catch (error) {
      this.notices.trouble(error)
    }
  }
}
