/** The whole of the app: bar, tree and what is selected. Files dropped anywhere go into the selected directory. */

import { useLayoutEffect, useState } from 'preact/hooks'
import { GuardDialog } from './dialogs/guard-dialog.js'
import { Questions } from './dialogs/questions.js'
import { FilePane } from './file/file-pane.js'
import { NoticeList } from './notice-list.js'
import { ConflictsRegion } from './panels/conflicts-region.js'
import { ProblemsRegion } from './panels/problems-region.js'
import { addFiles, directoryForNew } from './state/additions.js'
import { useStore } from './state/use-store.js'
import { StorageMeter } from './storage-meter.js'
import { TopBar } from './top-bar.js'
import { FileTree } from './tree/file-tree.js'
import { TreeTools } from './tree/tree-tools.js'
import { useWorkspace } from './use-workspace.js'

export function WorkspaceScreen() {
  const workspace = useWorkspace()
  const panel = useStore(workspace.panel)
  const opened = useStore(workspace.open.opened)
  const into = useDrops()
  useKeys()
  const covers = panel === 'conflicts' || panel === 'problems' || (opened !== null && opened.kind !== 'directory')
  return (
    <div class={`screen${covers ? ' is-covered' : ''}`}>
      <TopBar />
      <div class="columns">
        <aside class="side" aria-label="Workspace">
          <TreeTools />
          <FileTree />
          <StorageMeter />
        </aside>
        <main class="content">
          {panel === 'conflicts' ? (
            <ConflictsRegion />
          ) : panel === 'problems' ? (
            <ProblemsRegion />
          ) : (
            <FilePane opened={opened} />
          )}
        </main>
      </div>
      <NoticeList />
      <Questions />
      <GuardDialog />
      {into !== null && (
        <div class="drop" aria-hidden="true">
          <p>Drop to add to {into === '' ? 'this workspace' : into}</p>
        </div>
      )}
    </div>
  )
}

/** Ctrl+S saves at once; Escape closes what is open beside the files. A dialog takes its own keys. */
function useKeys(): void {
  const workspace = useWorkspace()
  useLayoutEffect(() => {
    const hear = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() === 's' && (event.ctrlKey || event.metaKey) && !event.altKey) {
        event.preventDefault()
        void workspace.settle().catch(() => undefined)
      }
      const isFree = !event.defaultPrevented && !event.isComposing && document.querySelector('dialog[open]') === null
      if (event.key === 'Escape' && isFree && workspace.panel.value !== null) workspace.closePanel()
    }
    document.addEventListener('keydown', hear)
    return () => document.removeEventListener('keydown', hear)
  }, [workspace])
}

/** The directory that files are dragged to just now; null: none are. */
function useDrops(): string | null {
  const workspace = useWorkspace()
  const [into, setInto] = useState<string | null>(null)
  useLayoutEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      event.dataTransfer.dropEffect = 'copy'
      setInto(directoryForNew(workspace))
    }
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setInto(null)
    }
    const drop = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      setInto(null)
      const folders = [...event.dataTransfer.items].filter((item) => item.webkitGetAsEntry()?.isDirectory === true)
      const files = [...event.dataTransfer.files].filter(
        (file) => !folders.some((item) => item.webkitGetAsEntry()?.name === file.name),
      )
      if (folders.length > 0) workspace.notices.tell('Folders cannot be dropped here: drop the files in them.')
      void addFiles(workspace, directoryForNew(workspace), files)
    }
    document.addEventListener('dragover', over)
    document.addEventListener('dragleave', leave)
    document.addEventListener('drop', drop)
    return () => {
      document.removeEventListener('dragover', over)
      document.removeEventListener('dragleave', leave)
      document.removeEventListener('drop', drop)
    }
  }, [workspace])
  return into
}
