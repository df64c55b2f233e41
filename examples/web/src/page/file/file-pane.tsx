/** What is selected: its path, what can be done with it, and its content. */

import { BackIcon } from '../icons.js'
import { nameOf, parentOf } from '../files/paths.js'
import { bringBack, deletePath } from '../state/deletes.js'
import type { Opened } from '../state/open-file.js'
import { useStore } from '../state/use-store.js'
import { focusTree } from '../tree/focus-tree.js'
import { TroubleText } from '../trouble-text.js'
import { useWorkspace } from '../use-workspace.js'
import { BinaryPane } from './binary-pane.js'
import { HistoryRegion } from './history-region.js'
import { PathReasons } from './path-reasons.js'
import { TextPane } from './text-pane.js'

export function FilePane({ opened }: { readonly opened: Opened | null }) {
  const workspace = useWorkspace()
  const panel = useStore(workspace.panel)
  if (opened === null)
    return (
      <div class="nothing">
        <p class="nothing-title">No file is open</p>
        <p>Choose one of the tree, or write a new note.</p>
      </div>
    )
  const { path, kind } = opened
  const showsHistory = panel === 'history' && kind !== 'directory'
  return (
    <article class="file">
      <header class="file-head">
        <BackButton />
        <h2>
          {parentOf(path) !== '' && <span class="file-above">{parentOf(path)}/</span>}
          {nameOf(path)}
        </h2>
        <div class="file-actions">
          {kind !== 'directory' && (
            <button
              type="button"
              aria-expanded={showsHistory}
              onClick={() => (showsHistory ? workspace.closePanel() : workspace.showPanel('history'))}
            >
              History
            </button>
          )}
          {kind !== 'gone' && (
            <button
              type="button"
              onClick={() =>
                workspace.question.set({ kind: 'rename', path, of: kind === 'directory' ? 'directory' : 'file' })
              }
            >
              Rename
            </button>
          )}
          {kind !== 'gone' && (
            <button type="button" class="danger-quiet" onClick={() => void deletePath(workspace, path).then(focusTree)}>
              Delete
            </button>
          )}
        </div>
      </header>
      {kind !== 'gone' && <PathReasons path={path} />}
      <div class={`file-body${showsHistory ? ' has-history' : ''}`}>
        <Content opened={opened} />
        {showsHistory && <HistoryRegion path={path} />}
      </div>
    </article>
  )
}

export function BackButton() {
  const workspace = useWorkspace()
  const back = async (): Promise<void> => {
    await workspace.select(null)
    workspace.panel.set(null)
    requestAnimationFrame(focusTree)
  }
  return (
    <button type="button" class="back" onClick={() => void back()}>
      <BackIcon /> Back to files
    </button>
  )
}

function Content({ opened }: { readonly opened: Opened }) {
  const workspace = useWorkspace()
  switch (opened.kind) {
    case 'text':
      return <TextPane key={opened.editor} editor={opened.editor} />
    case 'binary':
      return <BinaryPane path={opened.path} file={opened.file} />
    case 'directory':
      return (
        <div class="nothing">
          <p class="nothing-title">A folder</p>
          <p>New notes, new folders and dropped files go in here while it is selected.</p>
        </div>
      )
    case 'gone':
      return (
        <div class="nothing is-gone">
          <p class="nothing-title">It is not here any more</p>
          <p>It was deleted or moved. What the server keeps of it can be brought back.</p>
          <button type="button" onClick={() => void bringBack(workspace, opened.path, null)}>
            Bring back
          </button>
        </div>
      )
    case 'trouble':
      return <TroubleText error={opened.error} />
  }
}
