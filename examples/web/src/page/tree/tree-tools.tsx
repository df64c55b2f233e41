/** What makes something new. It goes into the selected directory. */

import { useRef } from 'preact/hooks'
import { FolderIcon, PlusIcon, UploadIcon } from '../icons.js'
import { addFiles, directoryForNew } from '../state/additions.js'
import { useWorkspace } from '../use-workspace.js'

export function TreeTools() {
  const workspace = useWorkspace()
  const picker = useRef<HTMLInputElement>(null)
  const ask = (kind: 'new-note' | 'new-folder'): void =>
    workspace.question.set({ kind, directory: directoryForNew(workspace) })
  return (
    <div class="tools">
      <button type="button" class="primary" data-first onClick={() => ask('new-note')}>
        <PlusIcon /> New note
      </button>
      <button type="button" onClick={() => ask('new-folder')}>
        <FolderIcon /> New folder
      </button>
      <label class="file-button">
        <UploadIcon /> Add files
        <input
          ref={picker}
          type="file"
          multiple
          onChange={() => {
            const { current } = picker
            if (current?.files == null) return
            void addFiles(workspace, directoryForNew(workspace), [...current.files])
            // The same file may be chosen again.
            current.value = ''
          }}
        />
      </label>
    </div>
  )
}
